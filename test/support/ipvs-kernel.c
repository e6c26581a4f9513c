/* Preloaded into the real ipvsadm: answers its socket options as a kernel with IPVS would, for
   IPv4. The table is kept in the file that IPVS_KERNEL names; its connections, as procfs shows them, stand
   in the one with .conn behind that. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/ip_vs.h>

enum { SERVICES = 64, SERVERS = 16 };

struct service {
  struct ip_vs_service_user user;
  int servers;
  struct ip_vs_dest_user server[SERVERS];
};

static struct service table[SERVICES];
static int services;

/* No netlink: never the kernel of this machine. */
int genl_ctrl_resolve(void *socket, const char *name) {
  (void)socket, (void)name;
  return -1;
}

/* What ipvsadm -c reads. */
FILE *fopen(const char *path, const char *mode) {
  FILE *(*next)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");
  char own[4096];
  if (strcmp(path, "/proc/net/ip_vs_conn") != 0) return next(path, mode);
  snprintf(own, sizeof own, "%s.conn", getenv("IPVS_KERNEL"));
  return next(own, mode);
}

static int refuse(int error) {
  errno = error;
  return -1;
}

static void load(void) {
  FILE *file = fopen(getenv("IPVS_KERNEL"), "r");
  services = 0;
  if (!file) return;
  services = (int)fread(table, sizeof *table, SERVICES, file);
  fclose(file);
}

static void save(void) {
  FILE *file = fopen(getenv("IPVS_KERNEL"), "w");
  if (!file) abort();
  fwrite(table, sizeof *table, services, file);
  fclose(file);
}

static struct service *find(unsigned protocol, __be32 addr, __be16 port, __u32 mark) {
  for (struct service *s = table; s < table + services; s++) {
    struct ip_vs_service_user *user = &s->user;
    if (user->fwmark != mark) continue;
    if (mark || (user->protocol == protocol && user->addr == addr && user->port == port))
      return s;
  }
  return NULL;
}

static void show_service(const struct service *s, struct ip_vs_service_entry *entry) {
  const struct ip_vs_service_user *user = &s->user;
  memset(entry, 0, sizeof *entry);
  entry->protocol = user->protocol;
  entry->addr = user->addr;
  entry->port = user->port;
  entry->fwmark = user->fwmark;
  strcpy(entry->sched_name, user->sched_name);
  entry->flags = user->flags;
  entry->timeout = user->timeout;
  entry->netmask = user->netmask;
  entry->num_dests = s->servers;
  entry->stats = (struct ip_vs_stats_user){
      .conns = 7, .inpkts = 8, .outpkts = 9, .inbytes = 1000, .outbytes = 123456789};
}

static void show_server(const struct ip_vs_dest_user *user, struct ip_vs_dest_entry *entry) {
  memset(entry, 0, sizeof *entry);
  entry->addr = user->addr;
  entry->port = user->port;
  entry->conn_flags = user->conn_flags;
  entry->weight = user->weight;
  entry->u_threshold = user->u_threshold;
  entry->l_threshold = user->l_threshold;
  entry->persistconns = 2;
  entry->activeconns = 3;
  entry->inactconns = 4;
  entry->stats = (struct ip_vs_stats_user){
      .conns = 7, .inpkts = 8, .outpkts = 9, .inbytes = 1000, .outbytes = 123456789};
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *length) {
  (void)fd, (void)level, (void)length;
  struct service *s;
  load();
  switch (option) {
  case IP_VS_SO_GET_INFO: {
    struct ip_vs_getinfo *info = value;
    *info = (struct ip_vs_getinfo){0x10201, 4096, services};
    return 0;
  }
  case IP_VS_SO_GET_SERVICES:
    for (int i = 0; i < services; i++)
      show_service(&table[i], &((struct ip_vs_get_services *)value)->entrytable[i]);
    return 0;
  case IP_VS_SO_GET_SERVICE: {
    struct ip_vs_service_entry *entry = value;
    s = find(entry->protocol, entry->addr, entry->port, entry->fwmark);
    if (!s) return refuse(ESRCH);
    show_service(s, entry);
    return 0;
  }
  case IP_VS_SO_GET_DESTS: {
    struct ip_vs_get_dests *get = value;
    s = find(get->protocol, get->addr, get->port, get->fwmark);
    if (!s) return refuse(ESRCH);
    for (int i = 0; i < s->servers; i++) show_server(&s->server[i], &get->entrytable[i]);
    return 0;
  }
  default:
    return refuse(ENOPROTOOPT);
  }
}

static int change_service(int option, const struct ip_vs_service_user *user, struct service *s) {
  if (option == IP_VS_SO_SET_ADD && s) return refuse(EEXIST);
  if (option != IP_VS_SO_SET_ADD && !s) return refuse(ESRCH);
  if (option == IP_VS_SO_SET_DEL) {
    memmove(s, s + 1, (char *)(table + services) - (char *)(s + 1));
    services--;
    return 0;
  }
  if (strcmp(user->sched_name, "nosuch") == 0) return refuse(ENOENT);
  if (!s) {
    s = &table[services++];
    s->servers = 0;
  }
  s->user = *user;
  return 0;
}

static int change_server(int option, const struct ip_vs_dest_user *user, struct service *s) {
  if (!s) return refuse(ESRCH);
  int at = 0;
  while (at < s->servers &&
         (s->server[at].addr != user->addr || s->server[at].port != user->port))
    at++;
  int there = at < s->servers;
  if (option == IP_VS_SO_SET_ADDDEST && there) return refuse(EEXIST);
  if (option != IP_VS_SO_SET_ADDDEST && !there) return refuse(ENOENT);
  if (option == IP_VS_SO_SET_DELDEST) {
    s->server[at] = s->server[--s->servers];
    return 0;
  }
  if (user->l_threshold > user->u_threshold) return refuse(ERANGE);
  s->server[at] = *user;
  if (!there) s->servers++;
  return 0;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  (void)fd, (void)level, (void)length;
  const struct ip_vs_service_user *user = value;
  int result;
  load();
  struct service *s =
      user ? find(user->protocol, user->addr, user->port, user->fwmark) : NULL;
  switch (option) {
  case IP_VS_SO_SET_ADD:
  case IP_VS_SO_SET_EDIT:
  case IP_VS_SO_SET_DEL:
    result = change_service(option, user, s);
    break;
  case IP_VS_SO_SET_ADDDEST:
  case IP_VS_SO_SET_EDITDEST:
  case IP_VS_SO_SET_DELDEST:
    result = change_server(option, (const struct ip_vs_dest_user *)(user + 1), s);
    break;
  case IP_VS_SO_SET_FLUSH:
    services = 0;
    result = 0;
    break;
  case IP_VS_SO_SET_ZERO:
    result = 0;
    break;
  default:
    return refuse(ENOPROTOOPT);
  }
  save();
  return result;
}
