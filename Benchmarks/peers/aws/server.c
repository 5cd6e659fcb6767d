// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// What the client of AWS is measured against, by three commands:
//
//   server                        answers every HTTP request that has a body with `{}`, keeps its connections, prints its port first
//   load PORT IN_FLIGHT COUNT     sends the server the same request over and over, which shows its own limit
//   digests COUNT                 the digests of OpenSSL that signing a request needs: two of SHA-256, one HMAC with a key at hand

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { maximum_connections = 1024, buffer_size = 65536 };

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nx-amzn-RequestId: 0\r\n\r\n{}";

struct connection {
    size_t length;
    char buffer[buffer_size];
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// The length of the whole message at the start of a buffer; 0 where it is not all there.
static size_t message_length(const char *buffer, size_t length) {
    const char *end = memmem(buffer, length, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    size_t head = (size_t)(end - buffer) + 4, body = 0;
    for (const char *line = buffer; line < end; line++) {
        if ((line == buffer || line[-1] == '\n') && strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
    }
    return head + body <= length ? head + body : 0;
}

static void send_all(int socket, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = send(socket, bytes, length, MSG_NOSIGNAL);
        if (count <= 0) return;
        bytes += count;
        length -= (size_t)count;
    }
}

// Reads what is there; the number of whole messages in it, or -1 at the end of the connection.
static int receive_messages(int socket, struct connection *connection) {
    ssize_t count = recv(socket, connection->buffer + connection->length, buffer_size - connection->length, 0);
    if (count <= 0) return -1;
    connection->length += (size_t)count;
    int messages = 0;
    size_t length;
    while ((length = message_length(connection->buffer, connection->length)) > 0) {
        memmove(connection->buffer, connection->buffer + length, connection->length - length);
        connection->length -= length;
        messages++;
    }
    return messages;
}

static void serve(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 256) != 0) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    static struct connection *connections[maximum_connections];
    int poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[64];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poller, events, 64, -1);
        for (int index = 0; index < count; index++) {
            int socket = events[index].data.fd;
            if (socket == listener) {
                socket = accept(listener, NULL, NULL);
                if (socket < 0 || socket >= maximum_connections) fail("accept");
                setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                connections[socket] = calloc(1, sizeof(struct connection));
                event.data.fd = socket;
                epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
                continue;
            }
            int messages = receive_messages(socket, connections[socket]);
            if (messages < 0) {
                free(connections[socket]);
                connections[socket] = NULL;
                close(socket);
            }
            for (; messages > 0; messages--) send_all(socket, answer, sizeof answer - 1);
        }
    }
}

// A socket, made where no variable hides the function.
static int open_socket(void) { return socket(AF_INET, SOCK_STREAM, 0); }

static int load(int port, int in_flight, long total) {
    static char request[2048];
    static struct connection *connections[maximum_connections];
    char body[301];
    memset(body, 'x', 300);
    body[300] = 0;
    int length = snprintf(
        request, sizeof request,
        "POST /topics/device%%2F1%%2Fpki?qos=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n"
        "Authorization: %0400d\r\nContent-Length: 300\r\n\r\n%s",
        0, body);
    int poller = epoll_create1(0), on = 1;
    struct epoll_event event = {.events = EPOLLIN}, events[64];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    long sent = 0, answered = 0;
    double start = seconds(), cpu = processor_seconds();
    for (int index = 0; index < in_flight; index++) {
        int socket = open_socket();
        if (connect(socket, (struct sockaddr *)&address, sizeof address) != 0 || socket >= maximum_connections) fail("connect");
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections[socket] = calloc(1, sizeof(struct connection));
        event.data.fd = socket;
        epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
        send_all(socket, request, (size_t)length);
        sent++;
    }
    while (answered < total) {
        int count = epoll_wait(poller, events, 64, 10000);
        if (count <= 0) fail("the server does not answer");
        for (int index = 0; index < count; index++) {
            int socket = events[index].data.fd;
            int messages = receive_messages(socket, connections[socket]);
            if (messages < 0) fail("the server closed a connection");
            for (; messages > 0; messages--) {
                answered++;
                if (sent < total) {
                    send_all(socket, request, (size_t)length);
                    sent++;
                }
            }
        }
    }
    double wall = seconds() - start;
    printf(
        "{\"scenario\": \"load\", \"in_flight\": %d, \"calls_per_s\": %.0f, \"cpu_us\": %.2f}\n", in_flight, (double)total / wall,
        (processor_seconds() - cpu) / (double)total * 1e6);
    return 0;
}

static int digests(long count) {
    unsigned char bytes[512], digest[64];
    memset(bytes, 'x', sizeof bytes);
    size_t size;
    EVP_MD *sha = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *keyed = EVP_MAC_CTX_new(mac);
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(keyed, bytes, 32, parameters) != 1) return 1;
    double cpu = processor_seconds();
    for (long index = 0; index < count; index++) {
        unsigned written;
        EVP_DigestInit_ex2(context, sha, NULL);
        EVP_DigestUpdate(context, bytes, 300);
        EVP_DigestFinal_ex(context, digest, &written);
        EVP_DigestInit_ex2(context, sha, NULL);
        EVP_DigestUpdate(context, bytes, 420);
        EVP_DigestFinal_ex(context, digest, &written);
        EVP_MAC_init(keyed, NULL, 0, NULL);
        EVP_MAC_update(keyed, bytes, 130);
        EVP_MAC_final(keyed, digest, &size, sizeof digest);
    }
    printf("{\"scenario\": \"digests\", \"cpu_us\": %.4f}\n", (processor_seconds() - cpu) / (double)count * 1e6);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "server") == 0) serve();
    if (count == 5 && strcmp(arguments[1], "load") == 0) return load(atoi(arguments[2]), atoi(arguments[3]), atol(arguments[4]));
    if (count == 3 && strcmp(arguments[1], "digests") == 0) return digests(atol(arguments[2]));
    fprintf(stderr, "usage: %s server | load PORT IN_FLIGHT COUNT | digests COUNT\n", arguments[0]);
    return 2;
}
