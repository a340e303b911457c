
# Bash splits words at : and @, which are parts of mnist:1 and mnist@best. This function joins them, calls the generated
# function, and returns the part of each completion that Bash asked for.
_NAME_whole_words() {
    local asked=$2 word whole start
    local -a words=()
    local -i i index=0 joins=0
    for i in "${!COMP_WORDS[@]}"; do
        word=${COMP_WORDS[i]}
        if ((i > 1 && joins)) || { ((i > 1)) && [[ $word =~ ^[:@]+$ ]]; }; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        joins=0
        [[ $word =~ ^[:@]+$ ]] && joins=1
        ((i == COMP_CWORD)) && index=${#words[@]}-1
    done
    # The generated function knows neither the default subcommand nor aliases of subcommands.
    if [[ NAME == infer && ${words[1]} == *[./-]* ]]; then
        words=("${words[0]}" predict "${words[@]:1}")
        index+=1
    fi
    for i in 1 2; do
        ((i < index)) || break
        case ${words[i]} in
            ls) words[i]=list ;;
            rm) words[i]=delete ;;
        esac
    done
    whole=${words[index]}
    start=${whole%"$asked"}
    local -a COMP_WORDS=("${words[@]}")
    local COMP_CWORD=$index
    _NAME "$1" "$whole" "${words[index - 1]}"
    # Otherwise Bash would quote : and @, as in names of files.
    [[ "${COMPREPLY[*]}" == *[:@]* ]] && compopt +o filenames
    COMPREPLY=("${COMPREPLY[@]#"$start"}")
}
# Names of files where nothing else fits, as for `infer digit.png`.
complete -o filenames -o default -F _NAME_whole_words NAME
