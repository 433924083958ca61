# Completion of hmas in bash: verbs, options, and the names that the hub knows.   source <(./hmas completion)
_hmas() {
  local line="${COMP_LINE:0:COMP_POINT}"
  local word="${line##* }"
  # Everything after the program's name; what has a slash in it is a path, and bash knows those.
  line="${line#"${line%%[![:space:]]*}"}"
  local rest="${line#* }"
  mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]/#\~/$HOME}" complete "$rest" 2>/dev/null)" -- "$word")
  # bash takes what stands before a colon for a word of its own (COMP_WORDBREAKS).
  if [[ "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}"); fi
}
complete -o default -F _hmas hmas ./hmas
