#!/bin/sh
# Does what the official image does: options alone start the server, and the server is not root.
set -eu

case ${1:-} in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
    if [ "$(id -u)" = 0 ]; then
        find . ! -user redis -exec chown redis '{}' +
        exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
    fi
    # The official one is built without protected mode, which lets nobody in through a published port.
    set -- "$@" --protected-mode no
fi
exec "$@"
