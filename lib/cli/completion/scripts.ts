/** What a shell loads. Both ask the program itself what fits, and know of files alone. A line of the
 *  answer is a word, a tab and what it is, or `:files`, `:folders`. */
export const SCRIPTS = {
  bash: String.raw`# bash completion for l4director: source <(l4director completion bash)
_l4director() {
  local line=${'$'}{COMP_LINE:0:COMP_POINT} word about current before= besides= quote=
  local -a words found
  # Readline parts words at : and = too; here only blanks do.
  read -ra words <<<"$line"
  [[ $line != *[[:blank:]] ]] || words+=('')
  while ((${'$'}{#words[@]} > 2)) && [[ ${'$'}{words[0]} != "$1" ]]; do
    words=("${'$'}{words[@]:1}")
  done
  current=${'$'}{words[-1]}
  case $current in
  [\"\']*) quote=${'$'}{current:0:1} current=${'$'}{current:1} ;;
  esac
  words[-1]=$current
  COMPREPLY=()
  while IFS=$'\t' read -r word about; do
    case $word in
    :*) besides=$word ;;
    *) COMPREPLY+=("$word") ;;
    esac
  done < <("${'$'}{1/#\~/$HOME}" completion bash -- "${'$'}{words[@]:1}" 2>/dev/null)
  case $besides in
  :files) mapfile -t found < <(compgen -f -- "${'$'}{current#--*=}") ;;
  :folders) mapfile -t found < <(compgen -d -- "${'$'}{current#--*=}") ;;
  esac
  if [[ $besides ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=("${'$'}{found[@]}")
  fi
  # Only what follows the last of readline's breaks is written over.
  if [[ ! $quote ]]; then
    [[ $COMP_WORDBREAKS != *=* ]] || before=${'$'}{current%"${'$'}{current##*=}"}
    [[ $COMP_WORDBREAKS != *:* || $current != *:* ]] || before=${'$'}{current%"${'$'}{current##*[:=]}"}
    COMPREPLY=("${'$'}{COMPREPLY[@]#"$before"}")
  fi
}
complete -F _l4director l4director ldirectord
`,
  zsh: String.raw`#compdef l4director ldirectord
# zsh completion for l4director: a file _l4director in fpath, or source <(l4director completion zsh)
_l4director() {
  local word about besides
  local -a found shown
  while IFS=$'\t' read -r word about; do
    case $word in
    (:*) besides=$word ;;
    (*) found+=("$word"); shown+=("$word${'$'}{about:+  -- $about}") ;;
    esac
  done < <("${'$'}{(Q)words[1]/#\~/$HOME}" completion zsh -- "${'$'}{(@Q)words[2,CURRENT-1]}" "${'$'}{(Q)PREFIX}" 2>/dev/null)
  (( $#found )) && compadd -l -d shown -a -- found
  [[ -n $besides ]] && compset -P '--*='
  case $besides in
  (:files) _files ;;
  (:folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _l4director ]]; then
  _l4director "$@"
else
  compdef _l4director l4director ldirectord
fi
`,
} as const satisfies Record<string, string>;

export type Shell = keyof typeof SCRIPTS;
