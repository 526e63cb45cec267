/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may connect, and who is who. freeDiameter checks the certificate's name where it connects; where a peer connects
 * to us it only checks that the certificate is of the CA, so its name is checked here, once for each connection, before
 * any message counts.
 */
#include "adapters/diameter/internal.h"
#include "core/wire/profile.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>

#define DESTINATION_HOST 293
#define DESTINATION_REALM 283
#define NOBODY GODWIT_DIAMETER_PEERS_MAX

/* The place of a peer in the configuration, or NOBODY. */
static size_t place_of(const godwit_diameter_t *d, const char *identity, size_t len)
{
    size_t i = 0;
    while (i < d->config.peer_count &&
           (strlen(d->peers[i].identity) != len || strncasecmp(d->peers[i].identity, identity, len) != 0)) {
        i++;
    }
    return i < d->config.peer_count ? i : NOBODY;
}

static bool same_name(godwit_slice_t name, const char *configured)
{
    return name.len == strlen(configured) && strncasecmp((const char *)name.ptr, configured, name.len) == 0;
}

/* ---- certificates ---- */

static bool certificate_names(const gnutls_datum_t *certificate, const char *identity)
{
    const unsigned char *der = certificate->data;
    X509 *x509 = d2i_X509(NULL, &der, (long)certificate->size);
    bool named =
        x509 != NULL && X509_check_host(x509, identity, strlen(identity),
                                        X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
    X509_free(x509);
    return named;
}

static void note_authentic(godwit_diameter_t *d, size_t place, bool authentic)
{
    pthread_mutex_lock(&d->lock);
    d->authentic[place] = authentic;
    pthread_mutex_unlock(&d->lock);
}

static bool is_authentic(godwit_diameter_t *d, size_t place)
{
    pthread_mutex_lock(&d->lock);
    bool authentic = d->authentic[place];
    pthread_mutex_unlock(&d->lock);
    return authentic;
}

/* Where we connected, the answer to the capabilities came from the peer; it has no source where we sent it. */
static bool we_connected(struct msg *capabilities_answer)
{
    DiamId_t source = NULL;
    size_t len = 0;
    return capabilities_answer != NULL && fd_msg_source_get(capabilities_answer, &source, &len) == 0 && source != NULL;
}

/* The connection is there: judged now, while its certificate is; freeDiameter holds it still during the hook. Where we
 * connected freeDiameter compared the name in the handshake, and has thrown the certificate away since. */
static void on_connected(godwit_diameter_t *d, size_t place, struct msg *message, const struct peer_info *info)
{
    const char *identity = d->peers[place].identity;
    bool authentic = !d->tls || we_connected(message);
    if (!authentic && info->runtime.pir_cert_list != NULL && info->runtime.pir_cert_list_size > 0) {
        authentic = certificate_names(&info->runtime.pir_cert_list[0], identity);
    }
    note_authentic(d, place, authentic);
    if (authentic) {
        godwit_diameter_log(d, LOG_INFO, "connected with %s", identity);
    } else {
        godwit_diameter_log(d, LOG_WARNING,
                            "who connected as %s has no certificate of that name: it is not listened to", identity);
    }
}

/* Peers that are to connect to us are unknown to freeDiameter until they do. */
static int on_unknown_peer(struct peer_info *info, int *decision, int (**after_handshake)(struct peer_info *))
{
    godwit_diameter_t *d = godwit_diameter_instance;
    (void)after_handshake;
    *decision = 0;
    if (d != NULL && place_of(d, info->pi_diamid, info->pi_diamidlen) != NOBODY) {
        info->config.pic_flags.sec = d->tls ? PI_SEC_DEFAULT : PI_SEC_NONE;
        info->config.pic_flags.persist = PI_PRST_NONE;
        *decision = 1;
    }
    return 0;
}

/* Whether requests of that application are exchanged with that peer. */
static bool speaks(const godwit_diameter_t *d, size_t place, application_id_t application)
{
    const godwit_diameter_application_t *a;
    bool speaks = d->peers[place].only == 0;
    for (size_t i = 0; !speaks && (a = godwit_diameter_application(i)) != NULL; i++) {
        speaks = a->id == application && (d->peers[place].only & a->bit) != 0;
    }
    return speaks;
}

/* Whether that AVP is in a request of ours, and its value in *value. */
static bool read_destination(struct msg *message, uint32_t code, godwit_slice_t *value)
{
    struct avp *avp = NULL;
    struct avp_hdr *header;
    (void)fd_msg_browse(message, MSG_BRW_FIRST_CHILD, &avp, NULL);
    while (avp != NULL && fd_msg_avp_hdr(avp, &header) == 0) {
        if (header->avp_code == code && (header->avp_flags & AVP_FLAG_VENDOR) == 0 && header->avp_value != NULL) {
            *value = godwit_slice(header->avp_value->os.data, header->avp_value->os.len);
            return true;
        }
        struct avp *next = NULL;
        (void)fd_msg_browse(avp, MSG_BRW_NEXT, &next, NULL);
        avp = next;
    }
    return false;
}

/* A request that names a host goes to that host, one that names none to a host of that realm; either may go to a relay,
 * but for T5, which may hold keys. freeDiameter alone would give it to whoever offers the application, who could then
 * answer in the place of the other. */
static bool may_hand_on(const godwit_diameter_t *d, size_t place, struct msg *message)
{
    const godwit_diameter_peer_t *peer = &d->peers[place];
    godwit_slice_t host, realm;
    struct msg_hdr *header;
    if (fd_msg_hdr(message, &header) != 0 || !speaks(d, place, header->msg_appl)) {
        return false;
    }
    if (peer->relay && header->msg_appl != GODWIT_T5_APPLICATION) {
        return true;
    }
    if (read_destination(message, DESTINATION_HOST, &host)) {
        return same_name(host, peer->identity);
    }
    return header->msg_appl != GODWIT_T5_APPLICATION && read_destination(message, DESTINATION_REALM, &realm) &&
           same_name(realm, peer->realm);
}

/* No request of ours goes to somebody whose certificate does not name him, nor to another than it is for. */
static int choose_next_hop(void *context, struct msg **message, struct fd_list *candidates)
{
    godwit_diameter_t *d = context;
    for (struct fd_list *l = candidates->next; l != candidates; l = l->next) {
        struct rtd_candidate *c = (struct rtd_candidate *)l;
        size_t place = place_of(d, c->diamid, c->diamidlen);
        if (place == NOBODY || !is_authentic(d, place) || !may_hand_on(d, place, *message)) {
            c->score += 100 * FD_SCORE_NO_DELIVERY; /* one of them does not outweigh being the Destination-Host */
        }
    }
    return 0;
}

static void on_connection(enum fd_hook_type type, struct msg *message, struct peer_hdr *peer, void *other,
                          struct fd_hook_permsgdata *data, void *context)
{
    godwit_diameter_t *d = context;
    size_t place = peer != NULL ? place_of(d, peer->info.pi_diamid, peer->info.pi_diamidlen) : NOBODY;
    const char *why = type == HOOK_PEER_CONNECT_FAILED && other != NULL ? (const char *)other : "";
    (void)data;
    if (place == NOBODY) {
        godwit_diameter_log(d, LOG_NOTICE, "a connection was turned away: %.100s", why);
    } else if (type == HOOK_PEER_CONNECT_SUCCESS) {
        on_connected(d, place, message, &peer->info);
    } else {
        note_authentic(d, place, false);
        godwit_diameter_log(d, LOG_NOTICE, "no connection with %s: %.100s", d->peers[place].identity, why);
    }
}

int godwit_diameter_peers_watch(godwit_diameter_t *d)
{
    struct fd_hook_hdl *handle;
    struct fd_rt_out_hdl *out;
    int error = fd_hook_register(HOOK_MASK(HOOK_PEER_CONNECT_SUCCESS, HOOK_PEER_CONNECT_FAILED), on_connection, d, NULL,
                                 &handle);
    error = error ? error : fd_peer_validate_register(on_unknown_peer);
    return error ? error : fd_rt_out_register(choose_next_hop, d, 5, &out);
}

static int add(godwit_diameter_t *d, const godwit_diameter_peer_t *peer)
{
    struct peer_info info;
    struct sockaddr_storage address;
    socklen_t len;
    memset(&info, 0, sizeof info);
    fd_list_init(&info.pi_endpoints, NULL);
    info.pi_diamid = (char *)(uintptr_t)peer->identity;
    info.pi_diamidlen = strlen(peer->identity);
    info.config.pic_flags.sec = d->tls ? PI_SEC_DEFAULT : PI_SEC_NONE;
    info.config.pic_flags.persist = PI_PRST_ALWAYS;
    info.config.pic_flags.pro4 = PI_P4_TCP;
    info.config.pic_realm = (char *)(uintptr_t)peer->realm;
    info.config.pic_port = peer->port;
    if (godwit_diameter_address(peer->host, peer->port, &address, &len) != GODWIT_OK) {
        return EINVAL;
    }
    int error = fd_ep_add_merge(&info.pi_endpoints, (sSA *)&address, len, EP_FL_CONF | EP_ACCEPTALL);
    return error ? error : fd_peer_add(&info, "godwit", NULL, NULL);
}

/* A peer's thread that begins after freeDiameter has started waits some random seconds before it connects; one that is
 * there already connects at once. So the threads are given the time to begin. */
static void let_threads_begin(void)
{
    struct timespec pause = {.tv_nsec = 2000000};
    bool fresh = true;
    for (int i = 0; i < 100 && fresh; i++) {
        fresh = false;
        (void)pthread_rwlock_rdlock(&fd_g_peers_rw);
        for (struct fd_list *l = fd_g_peers.next; l != &fd_g_peers; l = l->next) {
            fresh |= fd_peer_get_state((struct peer_hdr *)l) == STATE_NEW;
        }
        (void)pthread_rwlock_unlock(&fd_g_peers_rw);
        nanosleep(&pause, NULL);
    }
    nanosleep(&pause, NULL);
}

int godwit_diameter_peers_add(godwit_diameter_t *d)
{
    int error = 0;
    for (size_t i = 0; i < d->config.peer_count && error == 0; i++) {
        if (d->peers[i].host[0] != '\0') {
            error = add(d, &d->peers[i]);
        }
    }
    let_threads_begin();
    return error;
}

/* ---- senders ---- */

bool godwit_diameter_sender_holds(godwit_diameter_t *d, struct msg *message, const godwit_diameter_envelope_t *envelope)
{
    DiamId_t source = NULL;
    size_t len = 0;
    if (fd_msg_source_get(message, &source, &len) != 0 || source == NULL) {
        return same_name(envelope->origin_host, d->identity); /* freeDiameter's own: it could not deliver */
    }
    size_t place = place_of(d, source, len);
    if (place == NOBODY || !is_authentic(d, place)) {
        return false;
    }
    return d->peers[place].relay || (same_name(envelope->origin_host, d->peers[place].identity) &&
                                     same_name(envelope->origin_realm, d->peers[place].realm));
}

bool godwit_diameter_is_of_asked(const godwit_diameter_outstanding_t *request,
                                 const godwit_diameter_envelope_t *envelope)
{
    return (envelope->flags & GODWIT_DIAMETER_ERROR) != 0 ||
           ((request->host[0] == '\0' || same_name(envelope->origin_host, request->host)) &&
            same_name(envelope->origin_realm, request->realm));
}

size_t godwit_diameter_source(const godwit_diameter_t *d, struct msg *message)
{
    DiamId_t source = NULL;
    size_t len = 0;
    return fd_msg_source_get(message, &source, &len) == 0 && source != NULL ? place_of(d, source, len) : NOBODY;
}

bool godwit_diameter_peer_may_ask(godwit_diameter_t *d, struct msg *message)
{
    struct msg_hdr *header;
    const size_t place = godwit_diameter_source(d, message);
    return place != NOBODY && fd_msg_hdr(message, &header) == 0 && speaks(d, place, header->msg_appl);
}

godwit_hop_t godwit_diameter_way_of(const godwit_diameter_t *d, size_t peer)
{
    if (d->tls) {
        return GODWIT_HOP_TLS; /* whoever has not proved its name is not listened to, and gets nothing */
    }
    switch (d->peers[peer].protection) {
    case GODWIT_DIAMETER_PROTECTION_OPEN:
        return GODWIT_HOP_OPEN;
    case GODWIT_DIAMETER_PROTECTION_NDS_IP:
        return GODWIT_HOP_NDS_IP;
    case GODWIT_DIAMETER_PROTECTION_DEFAULT:
    default:
        return d->config.link_protected != NULL && d->config.link_protected[0] != '\0' ? GODWIT_HOP_NDS_IP
                                                                                       : GODWIT_HOP_OPEN;
    }
}

godwit_hop_t godwit_diameter_hop(godwit_diameter_t *d, struct msg *message, const godwit_diameter_envelope_t *envelope)
{
    const size_t place = godwit_diameter_source(d, message);
    const bool own =
        place != NOBODY && is_authentic(d, place) && same_name(envelope->origin_host, d->peers[place].identity);
    return own ? godwit_diameter_way_of(d, place) : GODWIT_HOP_OPEN;
}

bool godwit_diameter_peer_open(const godwit_diameter_t *d, size_t peer)
{
    bool open = false;
    if (peer >= d->config.peer_count || pthread_rwlock_rdlock(&fd_g_peers_rw) != 0) {
        return false;
    }
    for (struct fd_list *l = fd_g_peers.next; l != &fd_g_peers; l = l->next) {
        struct peer_hdr *p = (struct peer_hdr *)l;
        if (strcasecmp(p->info.pi_diamid, d->peers[peer].identity) == 0) {
            open = fd_peer_get_state(p) == STATE_OPEN;
        }
    }
    (void)pthread_rwlock_unlock(&fd_g_peers_rw);
    return open;
}
