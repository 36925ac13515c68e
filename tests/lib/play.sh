#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# play.sh BUILD CONF OUT [CHECK_INTERVAL CHECK_FALL]: the whole story, where the kernel has ESP: in a guest, or right here.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3 CHECK_INTERVAL=${4:-} CHECK_FALL=${5:-}
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

story_open
chapter_up
chapter_power
chapter_return
chapter_dead_line
chapter_recovery
chapter_hand_over
chapter_cleartext
story_close
printf '\n'
tap_done
