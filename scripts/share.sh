#!/usr/bin/env bash
# Writes the manual pages and shell completions of the built commands into FOLDER, laid out as in share/.
# usage: share.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
rm -rf "$folder"
mkdir -p "$folder"/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}

for name in cellar trainer registry infer; do
    bin/cellar manual $name >"$folder/man/man1/$name.1"
    {
        bin/$name --generate-completion-script bash
        # Bash splits words at : and @, which are parts of our references.
        sed "s/NAME/$name/g" scripts/whole-words.bash
    } >"$folder/bash-completion/completions/$name"
    bin/$name --generate-completion-script zsh >"$folder/zsh/site-functions/_$name"
    bin/$name --generate-completion-script fish >"$folder/fish/vendor_completions.d/$name.fish"
done

# The generated scripts do not know the default subcommand: `infer FILE` takes files, then the options of `predict`.
echo "complete -c infer -n '__infer_should_offer_completions_for_positional infer -eq 1' -F" \
    >>"$folder/fish/vendor_completions.d/infer.fish"
sed -i -e 's|^    local -r command_name=|    [[ ${words[2]} == *[./-]* ]] \&\& words=("${words[1]}" predict "${(@)words[2,-1]}") \&\& ((CURRENT++))\n&|' \
    -e 's|^        _describe -V subcommand .*|&\n        _files \&\& ret=0|' "$folder/zsh/site-functions/_infer"
