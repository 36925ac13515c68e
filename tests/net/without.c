/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * without xfrm|nftables COMMAND...: runs it as on a kernel that was built without IPsec policies or
 * without nftables: a seccomp filter, which children inherit, refuses the netlink protocol, and of
 * xfrm the socket options, with the errors that such a kernel has.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A system call with these two arguments fails. */
struct rule {
	const char *part;
	unsigned call, arg[2], value[2], error;
};

static const struct rule rules[] = {
	{"xfrm", SYS_socket, {0, 2}, {AF_NETLINK, NETLINK_XFRM}, EPROTONOSUPPORT},
	{"xfrm", SYS_setsockopt, {1, 2}, {IPPROTO_IP, IP_XFRM_POLICY}, ENOPROTOOPT},
	{"xfrm", SYS_setsockopt, {1, 2}, {IPPROTO_IPV6, IPV6_XFRM_POLICY}, ENOPROTOOPT},
	{"nftables", SYS_socket, {0, 2}, {AF_NETLINK, NETLINK_NETFILTER}, EPROTONOSUPPORT},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))
#define RULE_LEN 7

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
/* The low half of an argument. */
#define ARG(n)                                                     \
	(unsigned)(offsetof(struct seccomp_data, args) + 8 * (n) + \
		   4 * (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
/* Skips n instructions when the value is another one. */
#define IS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (n))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))

static size_t add_rule(struct sock_filter *out, const struct rule *r)
{
	const struct sock_filter code[RULE_LEN] = {
		LOAD(offsetof(struct seccomp_data, nr)),
		IS(r->call, 5),
		LOAD(ARG(r->arg[0])),
		IS(r->value[0], 3),
		LOAD(ARG(r->arg[1])),
		IS(r->value[1], 1),
		RETURN(SECCOMP_RET_ERRNO | r->error),
	};

	memcpy(out, code, sizeof(code));
	return RULE_LEN;
}

/* How many rules hold; -1: the kernel takes no filter. */
static int forbid(const char *part)
{
	struct sock_filter code[N_RULES * RULE_LEN + 1];
	struct sock_fprog program = {0, code};
	size_t n = 0;

	for (size_t i = 0; i < N_RULES; i++)
		if (strcmp(rules[i].part, part) == 0)
			n += add_rule(&code[n], &rules[i]);
	code[n] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	program.len = (unsigned short)(n + 1);
	if (n > 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0))
		return -1;
	return (int)(n / RULE_LEN);
}

int main(int argc, char *argv[])
{
	int n = argc > 2 ? forbid(argv[1]) : 0;

	if (n == 0) {
		fprintf(stderr, "usage: without xfrm|nftables COMMAND...\n");
		return 2;
	}
	if (n < 0) {
		perror("without: seccomp");
		return 3;
	}
	execvp(argv[2], &argv[2]);
	perror(argv[2]);
	return 127;
}
