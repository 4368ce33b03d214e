#!/bin/sh
# How full the file system is that holds the path.
df -P "${1:-/}" | awk 'NR == 2 { print $5 " of " $2 " KB" }'
