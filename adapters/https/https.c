/* SPDX-License-Identifier: Apache-2.0
 *
 * The options, one after another.
 */
#include "adapters/https/https.h"

CURLcode godwit_https_configure(CURL *curl, const godwit_https_t *with)
{
    CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, with->plain ? "http,https" : "https");
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_URL, with->url);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_SSLCERT, with->certificate);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_SSLKEY, with->key);
    if (with->ca != NULL) {
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_CAINFO, with->ca);
        /* libcurl has a directory of the system's authorities besides: whom they name is nobody here. */
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (with->crl != NULL) {
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_CRLFILE, with->crl);
        /* A session that is taken up again is not verified again. */
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    }
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, with->connect_ms);
    return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, with->whole_ms);
}
