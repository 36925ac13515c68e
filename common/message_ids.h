/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixed MESSAGE_IDs of transitions and alarms, random once and never changed:
 * systemd/vrrp-sla.catalog explains each, and scripts match on them.
 */
#ifndef COMMON_MESSAGE_IDS_H
#define COMMON_MESSAGE_IDS_H

#define MESSAGE_ID_INSTANCE "27c1ac7336df4eaabb29805c7672c514"
#define MESSAGE_ID_PROBE "3317c750e2384f7aa8f2406b82602653"
#define MESSAGE_ID_TUNNEL "8c3226cb1d6d4502ae9bf10cbb85bc5b"
#define MESSAGE_ID_ALARM "eae87d8820534c5ba03ea34c784beaf6"
#define MESSAGE_ID_TUNNELS_ALARM "8fe3eed95f294e6fbe2e059a48e267d3"
#define MESSAGE_ID_ALARM_END "31ead76e9dce4811b3035767c2b819b9"

#endif
