# Runs a command in a process group of its own, and ends the whole group when standard input ends:
# when the server closes it, and when the server is gone, however it went. Its status is the command's.
#   $1  tenths of a second between SIGTERM and SIGKILL
#   $2  a folder to remove when the command has ended, or nothing
grace=$1
folder=$2
shift 2
exec 3<&0 < /dev/null
# A Ctrl-C in the server's terminal goes to the server, which decides.
trap : HUP INT TERM
if command -v setsid > /dev/null 2>&1; then
  setsid "$@" 3<&- &
else
  set -m
  "$@" 3<&- &
  set +m
fi
child=$!
# The output is the child's alone: nobody may be there to read what the shell says.
exec > /dev/null 2>&1
pause() {
  grace=$((grace - 1))
  sleep 0.1 || sleep 1
}
(
  trap '' HUP INT TERM
  while read -r ignored <&3; do :; done
  # If the end comes at once the child may be this shell still, which misses signals: until it has
  # a group of its own.
  while [ "$grace" -gt 0 ] && kill -0 "$child" && ! kill -0 "-$child"; do pause; done
  kill -TERM "-$child" || kill -TERM "$child"
  while [ "$grace" -gt 0 ] && { kill -0 "-$child" || kill -0 "$child"; }; do pause; done
  kill -KILL "-$child" || kill -KILL "$child"
) &
watch=$!
exec 3<&-
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" || break
done
kill -KILL "$watch"
# What it has started and left running.
kill -KILL "-$child"
[ -z "$folder" ] || rm -rf -- "$folder"
exit "$status"
