#!/usr/bin/env python3
"""Draws digits on the canvas of a browser, as web pages for drawing do, to measure `infer` on: 20 pictures of each of 17 kinds.

usage: canvas.py FOLDER [SEED]     (writes FOLDER/canvas/KIND/LABEL_NUMBER.png; needs chromium)

The browser's round brushes and quadratic curves and these skeletons are in no other generator here; nothing was tuned on them.
"""
import base64
import os
import re
import subprocess
import sys
import tempfile

# Strokes in a box of 100 × 124. A stroke of more than three points is a smooth curve.
SKELETONS = """{
0: [[[[58,8],[30,14],[14,50],[18,96],[44,118],[76,104],[88,60],[78,22],[54,10],[44,16]]], [[[50,10],[20,40],[22,90],[50,118],[80,90],[80,38],[52,8]]]],
1: [[[[50,5],[48,60],[50,120]]], [[[28,32],[50,6],[50,120]]], [[[24,30],[38,24],[52,6],[50,60],[52,118]],[[28,118],[78,116]]], [[[36,14],[52,8],[52,100],[60,118],[72,112]]]],
2: [[[[16,30],[30,8],[64,8],[80,34],[60,70],[18,116]],[[18,116],[84,114]]], [[[20,24],[50,6],[76,26],[60,70],[24,104],[14,114],[22,98],[44,106],[66,118],[88,106]]]],
3: [[[[18,18],[48,6],[74,22],[66,50],[40,58]],[[40,58],[76,68],[80,98],[48,120],[14,106]]], [[[16,10],[78,10],[40,52],[78,74],[70,110],[36,120],[12,108]]]],
4: [[[[30,6],[14,70],[84,70]],[[62,36],[60,120]]], [[[60,118],[62,6],[10,84],[90,82]]], [[[18,10],[16,56],[40,66],[74,58]],[[76,8],[72,120]]]],
5: [[[[28,10],[24,56],[58,50],[82,78],[62,116],[16,110]],[[26,10],[80,8]]], [[[80,10],[30,10],[24,54],[62,54],[78,88],[52,118],[14,108]]]],
6: [[[[66,6],[34,34],[16,84],[36,118],[70,108],[74,76],[46,66],[20,88]]], [[[58,6],[26,54],[20,102],[50,120],[76,96],[58,70],[28,84]]]],
7: [[[[12,12],[84,10],[44,118]]], [[[12,12],[84,10],[50,118]],[[32,62],[76,60]]], [[[12,26],[16,10],[50,14],[84,8],[60,56],[50,118]]]],
8: [[[[72,22],[46,6],[24,26],[48,58],[80,90],[52,120],[20,96],[46,60],[74,28],[68,14]]], [[[50,60],[24,38],[44,8],[74,24],[54,58],[20,86],[42,120],[80,100],[52,60]]]],
9: [[[[74,28],[46,8],[20,34],[40,62],[72,42],[76,24],[74,70],[66,120]]], [[[72,30],[44,10],[24,36],[48,60],[74,30],[74,80],[52,118],[22,108]]]]
}"""

SCRIPT = """
let seed = SEED
function uniform() { seed = (seed * 1664525 + 1013904223) % 4294967296; return seed / 4294967296 }
function normal() { return (uniform() + uniform() + uniform() + uniform() - 2) * 1.7 }
function one(list) { return list[Math.floor(uniform() * list.length)] }

function canvas(side, ground) {
    const element = document.createElement('canvas')
    element.width = element.height = side
    const pen = element.getContext('2d')
    if (ground) { pen.fillStyle = ground; pen.fillRect(0, 0, side, side) }
    return { element, pen }
}

function draw(pen, digit, x, y, height, width, colour) {
    const turn = normal() * 0.08, stretch = 0.85 + 0.3 * uniform(), slant = normal() * 0.12
    Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineCap: 'round', lineJoin: 'round' })
    for (const stroke of one(SKELETONS[digit])) {
        const points = stroke.map(([u, v]) => {
            v = v - 62 + normal() * 2.2
            u = (u - 50) * stretch + normal() * 2.2 + slant * v
            const c = Math.cos(turn), s = Math.sin(turn)
            return [x + (u * c - v * s) * height / 120, y + (u * s + v * c) * height / 120]
        })
        pen.beginPath()
        pen.moveTo(...points[0])
        if (points.length <= 3) for (const point of points) pen.lineTo(...point)
        else for (let i = 1; i < points.length - 1; i++) {
            const [p, q] = [points[i], points[i + 1]]
            const end = i == points.length - 2 ? q : [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2]
            pen.quadraticCurveTo(...p, ...end)
        }
        pen.stroke()
    }
}

function anywhere(side, height, half) { const margin = height * half; return margin + uniform() * Math.max(side - 2 * margin, 0) }
function small(digit, ground, ink, height, width) {
    const { element, pen } = canvas(28, ground)
    draw(pen, digit, anywhere(28, height, 0.42), anywhere(28, height, 0.52), height, width, ink)
    return element
}
function plain(side, ground, digit, low, high, width, ink, drift = 0) {
    const { element, pen } = canvas(side, ground)
    draw(pen, digit, side / 2 + normal() * drift, side / 2 + normal() * drift, low + uniform() * (high - low), width, ink)
    return { element, pen }
}

const kinds = {
    thin_black: d => small(d, '#000', '#fff', 12 + uniform() * 11, 1),
    thin_white: d => small(d, '#fff', '#000', 12 + uniform() * 12, 1),
    brush: d => uniform() < 0.5 ? small(d, '#000', '#fff', 14 + uniform() * 9, 1.5 + uniform() * 2.5) : small(d, '#fff', '#000', 14 + uniform() * 9, 1.5 + uniform() * 2.5),
    frame(d) {
        const side = one([28, 56, 140, 280]), [ground, ink] = one([['#fff', '#000'], ['#000', '#fff']])
        const { element, pen } = plain(side, ground, d, side * 0.5, side * 0.7, side * 0.05 + 1, ink, side * 0.04)
        pen.lineWidth = 1
        pen.strokeRect(0.5, 0.5, side - 1, side - 1)
        return element
    },
    edge(d) {
        const side = one([28, 100, 280]), { element, pen } = canvas(side, '#fff')
        draw(pen, d, side / 2, side * (0.42 + 0.16 * uniform()), side * (0.92 + 0.1 * uniform()), side * 0.08, '#111')
        return element
    },
    corner(d) {
        const { element, pen } = canvas(200, '#fff'), height = 60 + uniform() * 40
        draw(pen, d, one([height * 0.42, 200 - height * 0.42]), one([height / 2, 200 - height / 2]), height, 6 + uniform() * 6, '#222')
        return element
    },
    ruled(d) {
        const { element, pen } = canvas(300, '#fffef5'), pitch = 18 + uniform() * 30, isSquared = uniform() < 0.5
        pen.strokeStyle = one(['#9bc', '#aac', '#d99'])
        pen.lineWidth = 1 + uniform()
        for (let at = pitch * uniform(); at < 300; at += pitch) {
            pen.beginPath(); pen.moveTo(0, at); pen.lineTo(300, at + normal()); pen.stroke()
            if (isSquared) { pen.beginPath(); pen.moveTo(at, 0); pen.lineTo(at, 300); pen.stroke() }
        }
        draw(pen, d, 150 + normal() * 20, 150 + normal() * 20, 120 + uniform() * 100, 5 + uniform() * 8, '#124')
        return element
    },
    clear_sheet(d) {
        const { element, pen } = canvas(320)
        pen.translate(160, 160)
        pen.rotate(normal() * 0.15)
        pen.fillStyle = '#f6f3ea'
        pen.fillRect(-100, -110, 200, 220)
        draw(pen, d, normal() * 10, normal() * 10, 110 + uniform() * 50, 6 + uniform() * 7, '#233')
        return element
    },
    shadow(d) {
        const { element, pen } = plain(320, '#e8e6e0', d, 130, 220, 6 + uniform() * 8, '#333', 20)
        const shade = pen.createLinearGradient(320 * uniform(), 0, 320 * uniform(), 320)
        for (const [at, dark] of [[0, 0.55], [0.45 + 0.1 * uniform(), 0.45], [0.6, 0]]) shade.addColorStop(at, `rgba(0,0,0,${dark})`)
        pen.fillStyle = shade
        pen.fillRect(0, 0, 320, 320)
        return element
    },
    table(d) {
        const { element, pen } = canvas(400, '#6b4a2f')
        for (let y = 0; y < 400; y += 10) {
            pen.strokeStyle = `rgba(40,20,5,${uniform() * 0.3})`
            pen.beginPath(); pen.moveTo(0, y + normal() * 3); pen.lineTo(400, y + normal() * 3); pen.stroke()
        }
        pen.translate(200, 200)
        pen.rotate(normal() * 0.2)
        pen.fillStyle = '#ece9e2'
        pen.fillRect(-150, -140, 270 + uniform() * 60, 290)
        draw(pen, d, normal() * 15, normal() * 15, 130 + uniform() * 60, 7 + uniform() * 7, '#1a2b55')
        return element
    },
    neighbour(d) {
        const { element, pen } = plain(240, '#fff', d, 120, 160, 7 + uniform() * 5, '#000')
        draw(pen, Math.floor(uniform() * 10), one([-14, 254]), 120 + normal() * 10, 130, 8, '#000')
        return element
    },
    faint: d => plain(260, '#f4f4f2', d, 120, 200, 4 + uniform() * 6, one(['#ddd', '#d8dce4', '#cfcfc8']), 15).element,
    hue(d) {
        const [ground, ink] = one([['#d03030', '#2f7d2f'], ['#a05a10', '#3a6fd8'], ['#00808a', '#b0408a'], ['#c23b6b', '#4d8a00']])
        return plain(200, ground, d, 100, 150, 6 + uniform() * 8, ink, 10).element
    },
    two_colours(d) {
        const side = one([28, 64, 128]), { element, pen } = plain(side, '#fff', d, side * 0.5, side * 0.8, side * (0.04 + 0.05 * uniform()) + 1, '#000', side * 0.05)
        const image = pen.getImageData(0, 0, side, side), pair = one([[[0, 0, 0], [255, 255, 255]], [[255, 255, 0], [0, 0, 128]], [[128, 0, 0], [128, 128, 128]]])
        for (let i = 0; i < image.data.length; i += 4) image.data.set(pair[image.data[i] > 128 ? 1 : 0], i)
        pen.putImageData(image, 0, 0)
        return element
    },
    clear_ink: d => plain(200, null, d, 120, 160, 6 + uniform() * 9, one(['#000', '#fff'])).element,
    marker(d) {
        const { element, pen } = canvas(256, '#fdfdfd')
        Object.assign(pen, { shadowBlur: 6, shadowColor: '#335' })
        draw(pen, d, 128, 128, 150, 18 + uniform() * 12, '#224')
        return element
    },
    dark: d => plain(300, '#15181c', d, 100, 190, 4 + uniform() * 9, '#8fd', 40).element,
}

let text = ''
for (const kind in kinds) for (let i = 0; i < 20; i++) text += `${kind} ${i % 10} ${i} ${kinds[kind](i % 10).toDataURL().split(',')[1]}\\n`
document.body.innerText = text
"""

folder, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
with tempfile.NamedTemporaryFile("w", suffix=".html") as page:
    page.write(f"<body><script>const SKELETONS = {SKELETONS}\n{SCRIPT.replace('SEED', str(seed * 7919))}</script></body>")
    page.flush()
    command = ["chromium", "--no-sandbox", "--headless=new", "--disable-gpu", "--dump-dom", f"file://{page.name}"]
    document = subprocess.run(command, capture_output=True, text=True, check=True).stdout
count = 0
for kind, label, number, data in re.findall(r"(\w+) (\d) (\d+) ([A-Za-z0-9+/=]{60,})", document):
    os.makedirs(f"{folder}/canvas/{kind}", exist_ok=True)
    with open(f"{folder}/canvas/{kind}/{label}_{int(number):03}.png", "wb") as file:
        file.write(base64.b64decode(data))
    count += 1
print(f"{count} pictures")
