/* SPDX-License-Identifier: Apache-2.0
 *
 * The book of policies: one durable file that is replaced as a whole, and what it holds in memory.
 */
#include "adapters/policy/book.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/nvm/nvm.h"

#define BOOK_OCTETS_MAX ((size_t)(GODWIT_POLICY_BOOK_MAX + 1) * GODWIT_POLICY_DOCUMENT_MAX)

struct godwit_policy_book {
    pthread_mutex_t lock;
    godwit_nvm_t nvm;
    bool has_own;
    godwit_policy_t own, others[GODWIT_POLICY_BOOK_MAX];
    size_t count;
};

/* ---- the file ---- */

static json_t *as_json(const godwit_policy_t *policy)
{
    size_t len = 0;
    char *text = godwit_policy_write(policy, &len);
    json_t *json = text == NULL ? NULL : json_loadb(text, len, 0, NULL);
    free(text);
    return json;
}

static godwit_status_t save(godwit_policy_book_t *book, char why[GODWIT_POLICY_WHY])
{
    json_t *others = json_array();
    for (size_t i = 0; i < book->count; i++) {
        (void)json_array_append_new(others, as_json(&book->others[i]));
    }
    json_t *root = json_pack("{s:i, s:o, s:o}", "godwit_policies", 1, "own", as_json(&book->own), "others", others);
    char *text = root == NULL ? NULL : json_dumps(root, JSON_COMPACT);
    godwit_status_t status = GODWIT_IO_FAILED;
    (void)snprintf(why, GODWIT_POLICY_WHY, "no memory");
    if (text != NULL && json_array_size(json_object_get(root, "others")) == book->count) {
        status = godwit_nvm_write(&book->nvm, godwit_slice(text, strlen(text)));
        (void)snprintf(why, GODWIT_POLICY_WHY, "%.500s", status == GODWIT_OK ? "" : book->nvm.why);
    }
    free(text);
    json_decref(root);
    return status;
}

static bool restore(const json_t *json, godwit_policy_t *policy)
{
    char why[GODWIT_POLICY_WHY];
    char *text = json == NULL ? NULL : json_dumps(json, 0);
    bool good = text != NULL && godwit_policy_parse(text, strlen(text), policy, why) == GODWIT_OK;
    free(text);
    return good;
}

static bool restore_all(godwit_policy_book_t *book, const json_t *root)
{
    const json_t *others = json_object_get(root, "others");
    size_t count = json_array_size(others);
    bool good = json_integer_value(json_object_get(root, "godwit_policies")) == 1 && json_is_array(others) &&
                count <= GODWIT_POLICY_BOOK_MAX && restore(json_object_get(root, "own"), &book->own);
    for (size_t i = 0; i < count && good; i++) {
        good = restore(json_array_get(others, i), &book->others[i]);
    }
    book->has_own = good;
    book->count = good ? count : 0;
    return good;
}

static godwit_status_t load(godwit_policy_book_t *book, char why[GODWIT_POLICY_WHY])
{
    size_t len = 0;
    uint8_t *octets = malloc(BOOK_OCTETS_MAX);
    godwit_status_t status =
        octets == NULL ? GODWIT_IO_FAILED : godwit_nvm_read(&book->nvm, octets, BOOK_OCTETS_MAX, &len);
    if (status == GODWIT_OK) {
        json_t *root = json_loadb((const char *)octets, len, JSON_REJECT_DUPLICATES, NULL);
        if (!restore_all(book, root)) {
            (void)snprintf(why, GODWIT_POLICY_WHY, "%.300s: not a file of policies that this program wrote",
                           book->nvm.path);
            status = GODWIT_MALFORMED;
        }
        json_decref(root);
    } else if (status == GODWIT_NOT_FOUND) {
        status = GODWIT_OK;
    } else {
        (void)snprintf(why, GODWIT_POLICY_WHY, "%.500s", octets == NULL ? "no memory" : book->nvm.why);
    }
    free(octets);
    return status;
}

/* ---- taking ---- */

static godwit_policy_t *find(godwit_policy_book_t *book, godwit_plmn_t plmn)
{
    for (size_t i = 0; i < book->count; i++) {
        if (godwit_plmn_equal(book->others[i].plmn, plmn)) {
            return &book->others[i];
        }
    }
    return NULL;
}

/* The place may be a fresh one: then it is the last. */
static godwit_status_t put(godwit_policy_book_t *book, godwit_policy_t *place, bool fresh,
                           const godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    godwit_policy_t *before = malloc(sizeof *before);
    if (before == NULL) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    *before = *place;
    *place = *policy;
    book->count += fresh ? 1 : 0;
    godwit_status_t status = save(book, why);
    if (status != GODWIT_OK) {
        *place = *before;
        book->count -= fresh ? 1 : 0;
    }
    free(before);
    return status;
}

static godwit_status_t take(godwit_policy_book_t *book, const godwit_policy_t *policy, bool own,
                            char why[GODWIT_POLICY_WHY])
{
    godwit_policy_fault_t fault;
    godwit_policy_t *held = own ? (book->has_own ? &book->own : NULL) : find(book, policy->plmn);
    godwit_status_t status = godwit_policy_accept(held, policy, &fault);
    if (status == GODWIT_POLICY_FORBIDS) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "%s: %s", fault.path, fault.what);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    if (own) {
        return put(book, &book->own, false, policy, why);
    }
    if (held == NULL && book->count == GODWIT_POLICY_BOOK_MAX) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "there is room for the policies of %d networks", GODWIT_POLICY_BOOK_MAX);
        return GODWIT_NO_SPACE;
    }
    return put(book, held == NULL ? &book->others[book->count] : held, held == NULL, policy, why);
}

godwit_status_t godwit_policy_book_take(godwit_policy_book_t *book, const godwit_policy_t *policy, bool own,
                                        char why[GODWIT_POLICY_WHY])
{
    why[0] = '\0';
    (void)pthread_mutex_lock(&book->lock);
    godwit_status_t status = take(book, policy, own, why);
    (void)pthread_mutex_unlock(&book->lock);
    return status;
}

/* ---- opening, reading ---- */

godwit_status_t godwit_policy_book_open(const char *path, const godwit_policy_t *own, godwit_policy_book_t **book,
                                        char why[GODWIT_POLICY_WHY])
{
    godwit_policy_book_t *b = calloc(1, sizeof *b);
    *book = NULL;
    if (b == NULL || pthread_mutex_init(&b->lock, NULL) != 0) {
        free(b);
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    godwit_status_t status = godwit_nvm_open(&b->nvm, path, NULL);
    (void)snprintf(why, GODWIT_POLICY_WHY, "%.500s", b->nvm.why);
    status = status == GODWIT_OK ? load(b, why) : status;
    if (status == GODWIT_OK) {
        status = take(b, own, true, why);
        status = status == GODWIT_AGAIN ? GODWIT_OK : status;
        b->has_own = status == GODWIT_OK;
    }
    if (status != GODWIT_OK) {
        godwit_policy_book_close(b);
        return status;
    }
    *book = b;
    return GODWIT_OK;
}

void godwit_policy_book_close(godwit_policy_book_t *book)
{
    if (book != NULL) {
        godwit_nvm_close(&book->nvm);
        (void)pthread_mutex_destroy(&book->lock);
        free(book);
    }
}

char *godwit_policy_book_document(godwit_policy_book_t *book, godwit_plmn_t other, size_t *len)
{
    godwit_policy_t *seen = malloc(sizeof *seen);
    char *text = NULL;
    if (seen != NULL) {
        (void)pthread_mutex_lock(&book->lock);
        godwit_policy_for(&book->own, other, seen);
        (void)pthread_mutex_unlock(&book->lock);
        text = godwit_policy_write(seen, len);
        free(seen);
    }
    return text;
}

void godwit_policy_book_own(godwit_policy_book_t *book, godwit_policy_t *policy)
{
    (void)pthread_mutex_lock(&book->lock);
    *policy = book->own;
    (void)pthread_mutex_unlock(&book->lock);
}

bool godwit_policy_book_of(godwit_policy_book_t *book, godwit_plmn_t plmn, godwit_policy_t *policy)
{
    (void)pthread_mutex_lock(&book->lock);
    const godwit_policy_t *held = find(book, plmn);
    if (held != NULL) {
        *policy = *held;
    }
    (void)pthread_mutex_unlock(&book->lock);
    return held != NULL;
}

bool godwit_policy_book_at(godwit_policy_book_t *book, size_t index, godwit_policy_t *policy)
{
    (void)pthread_mutex_lock(&book->lock);
    bool there = index < book->count;
    if (there) {
        *policy = book->others[index];
    }
    (void)pthread_mutex_unlock(&book->lock);
    return there;
}
