/// The style of all pages.
enum HTMLStyle {
    static var text: String {
        """
        :root{color-scheme:light dark;\(Theme.light.variables)}
        @media (prefers-color-scheme:dark){:root{\(Theme.dark.variables)}}
        @media print{:root{color-scheme:light;\(Theme.light.variables)}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:64rem;background:var(--bg);color:var(--fg);\
        font:16px/1.5 system-ui,"DejaVu Sans",Verdana,sans-serif}
        h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}
        h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--grid)}
        h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
        p,ul{margin:.5rem 0;max-width:46rem}
        a{color:var(--s0)}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--s0);outline-offset:2px}
        .skip{position:absolute;left:-100vw}
        .skip:focus{position:static}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.4rem 1.5rem;margin:1rem 0}
        dt{color:var(--muted);font-size:.85rem}
        dd{margin:0;overflow-wrap:anywhere}
        figure{margin:1rem 0}
        figure svg{display:block;max-width:100%;height:auto}
        .scroll{overflow-x:auto;margin:.8rem 0}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--muted);padding-bottom:.3rem}
        th,td{padding:.2rem .7rem;border-bottom:1px solid var(--grid);text-align:left;white-space:nowrap}
        th{font-weight:600}
        tbody th{font-weight:400}
        .n{text-align:right}
        .w{white-space:normal;overflow-wrap:anywhere;min-width:9rem;max-width:16rem}
        pre{overflow-x:auto;font:13px/1.4 "DejaVu Sans Mono",monospace;border:1px solid var(--grid);padding:.7rem}
        .note{border-left:4px solid var(--s1);padding:.3rem .8rem;background:var(--r0)}
        summary{cursor:pointer;color:var(--s0)}
        footer{margin-top:3rem;color:var(--muted);font-size:.85rem}
        @media print{body{max-width:none;padding:0;font-size:12px}nav,.skip{display:none}\
        details::details-content{content-visibility:visible;block-size:auto}\
        figure,tr,.note{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}}
        """
    }
}
