// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Benchmark peer: C with librabbitmq. One thread, one connection, one channel.
// Usage: peer <scenario> <count>   (scenarios: see ../../README.md; plus the helpers "reset", "fill" and
// "expect", which fails unless the queue comes to hold exactly <count> ready messages)
#define _GNU_SOURCE
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BODY = 512, WINDOW = 1000, PREFETCH = 500, ACK_EVERY = 100 };

static const char *host, *queue, *user, *password;
static int port;

static void die(const char *what) { fprintf(stderr, "peer c: %s\n", what); exit(1); }
static void ok(int rc, const char *what) { if (rc < 0) { fprintf(stderr, "peer c: %s: %s\n", what, amqp_error_string2(rc)); exit(1); } }
static void reply(amqp_connection_state_t c, const char *what) {
  amqp_rpc_reply_t r = amqp_get_rpc_reply(c);
  if (r.reply_type != AMQP_RESPONSE_NORMAL) die(what);
}
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static double cpu(void) {
  struct rusage u; getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}
static int by_value(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return x < y ? -1 : x > y; }

static amqp_connection_state_t dial(int channel) {
  amqp_connection_state_t c = amqp_new_connection();
  amqp_socket_t *s = amqp_tcp_socket_new(c);
  if (!s) die("socket");
  if (amqp_socket_open(s, host, port)) die("connect");
  amqp_rpc_reply_t r = amqp_login(c, "/", 2047, 131072, 0, AMQP_SASL_METHOD_PLAIN, user, password);
  if (r.reply_type != AMQP_RESPONSE_NORMAL) die("login");
  if (channel) { amqp_channel_open(c, 1); reply(c, "channel.open"); }
  return c;
}
static void hangup(amqp_connection_state_t c) {
  amqp_channel_close(c, 1, AMQP_REPLY_SUCCESS);
  amqp_connection_close(c, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(c);
}
static void declare(amqp_connection_state_t c) {
  amqp_queue_declare(c, 1, amqp_cstring_bytes(queue), 0, 1, 0, 0, amqp_empty_table);
  reply(c, "queue.declare");
}

static char body_bytes[BODY];
static void publish(amqp_connection_state_t c, int persistent) {
  amqp_basic_properties_t p;
  p._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG;
  p.delivery_mode = persistent ? 2 : 1;
  p.content_type = amqp_cstring_bytes("application/octet-stream");
  amqp_bytes_t b = { BODY, body_bytes };
  ok(amqp_basic_publish(c, 1, amqp_empty_bytes, amqp_cstring_bytes(queue), 0, 0, &p, b), "publish");
}
static uint64_t confirmed;  // highest tag confirmed in order is not tracked; RabbitMQ confirms each tag once
static uint64_t low = 1;    // first tag not yet covered by a multiple confirm
static unsigned char *seen;
static void take_confirm(amqp_frame_t *f) {
  if (f->frame_type != AMQP_FRAME_METHOD) die("unexpected frame");
  if (f->payload.method.id != AMQP_BASIC_ACK_METHOD) die("not an ack");
  amqp_basic_ack_t *a = f->payload.method.decoded;
  if (!a->multiple) { if (!seen[a->delivery_tag]) { seen[a->delivery_tag] = 1; confirmed++; } return; }
  for (; low <= a->delivery_tag; low++) if (!seen[low]) { seen[low] = 1; confirmed++; }
}
static void wait_confirm(amqp_connection_state_t c) {
  amqp_frame_t f;
  ok(amqp_simple_wait_frame(c, &f), "confirm");
  take_confirm(&f);
  amqp_maybe_release_buffers(c);
}

int main(int argc, char **argv) {
  if (argc < 3) die("usage: peer <scenario> <count>");
  const char *scenario = argv[1];
  long n = atol(argv[2]);
  host = getenv("AMQP_HOST") ? getenv("AMQP_HOST") : "127.0.0.1";
  port = getenv("AMQP_PORT") ? atoi(getenv("AMQP_PORT")) : 5672;
  user = getenv("AMQP_USER") ? getenv("AMQP_USER") : "guest";
  password = getenv("AMQP_PASSWORD") ? getenv("AMQP_PASSWORD") : "guest";
  queue = getenv("AMQP_QUEUE") ? getenv("AMQP_QUEUE") : "bench.amqp";
  memset(body_bytes, 'x', BODY);
  double *lat = NULL, t0, c0, t1, c1;

  if (!strcmp(scenario, "reset") || !strcmp(scenario, "fill")) {
    amqp_connection_state_t c = dial(1);
    amqp_queue_delete(c, 1, amqp_cstring_bytes(queue), 0, 0); reply(c, "queue.delete");
    declare(c);
    if (!strcmp(scenario, "fill")) {
      amqp_confirm_select(c, 1); reply(c, "confirm.select");
      seen = calloc(n + 2, 1);
      for (long i = 0; i < n; i++) { publish(c, 0); while ((uint64_t)(i + 1) - confirmed >= WINDOW) wait_confirm(c); }
      while (confirmed < (uint64_t)n) wait_confirm(c);
    }
    hangup(c);
    return 0;
  }
  if (!strcmp(scenario, "expect")) {
    amqp_connection_state_t c = dial(1);
    long ready = -1;
    for (int i = 0; i < 200 && ready != n; i++) {  // a queue may trail its channel by a moment
      if (i) usleep(50000);
      amqp_queue_declare_ok_t *r = amqp_queue_declare(c, 1, amqp_cstring_bytes(queue), 1, 1, 0, 0, amqp_empty_table);
      reply(c, "queue.declare passive");
      ready = r->message_count;
    }
    hangup(c);
    if (ready != n) { fprintf(stderr, "peer c: queue holds %ld messages, expected %ld\n", ready, n); return 1; }
    return 0;
  }
  if (!strcmp(scenario, "connect")) {
    lat = malloc(n * sizeof *lat);
    t0 = now(); c0 = cpu();
    for (long i = 0; i < n; i++) { double a = now(); hangup(dial(1)); lat[i] = (now() - a) * 1e6; }
    t1 = now(); c1 = cpu();
  } else {
    amqp_connection_state_t c = dial(1);
    declare(c);
    if (!strcmp(scenario, "publish-confirm-pipelined")) {
      amqp_confirm_select(c, 1); reply(c, "confirm.select");
      seen = calloc(n + 2, 1);
      t0 = now(); c0 = cpu();
      for (long i = 0; i < n; i++) {
        publish(c, 1);
        if ((uint64_t)(i + 1) - confirmed < WINDOW) continue;
        do wait_confirm(c); while (amqp_frames_enqueued(c) || amqp_data_in_buffer(c) || (uint64_t)(i + 1) - confirmed >= WINDOW);
      }
      while (confirmed < (uint64_t)n) wait_confirm(c);
      t1 = now(); c1 = cpu();
      hangup(c);
    } else if (!strcmp(scenario, "publish-noconfirm")) {
      t0 = now(); c0 = cpu();
      for (long i = 0; i < n; i++) publish(c, 0);
      hangup(c);
      t1 = now(); c1 = cpu();
    } else if (!strcmp(scenario, "consume-ack")) {
      amqp_basic_qos(c, 1, 0, PREFETCH, 0); reply(c, "basic.qos");
      t0 = now(); c0 = cpu();
      amqp_basic_consume(c, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
      reply(c, "basic.consume");
      uint64_t bytes = 0;
      for (long i = 1; i <= n; i++) {
        amqp_envelope_t e;
        amqp_maybe_release_buffers(c);
        amqp_rpc_reply_t r = amqp_consume_message(c, &e, NULL, 0);
        if (r.reply_type != AMQP_RESPONSE_NORMAL) die("consume");
        bytes += e.message.body.len;
        if (i % ACK_EVERY == 0 || i == n) ok(amqp_basic_ack(c, 1, e.delivery_tag, 1), "ack");
        amqp_destroy_envelope(&e);
      }
      hangup(c);
      t1 = now(); c1 = cpu();
      if (bytes != (uint64_t)n * BODY) die("wrong byte count");
    } else if (!strcmp(scenario, "roundtrip")) {
      amqp_confirm_select(c, 1); reply(c, "confirm.select");
      seen = calloc(n + 2, 1);
      lat = malloc(n * sizeof *lat);
      t0 = now(); c0 = cpu();
      for (long i = 0; i < n; i++) {
        double a = now();
        publish(c, 0);
        while (confirmed < (uint64_t)i + 1) wait_confirm(c);
        lat[i] = (now() - a) * 1e6;
      }
      t1 = now(); c1 = cpu();
      hangup(c);
    } else die("unknown scenario");
  }
  double wall = t1 - t0, used = c1 - c0;
  struct rusage u; getrusage(RUSAGE_SELF, &u);
  printf("{\"peer\":\"librabbitmq\",\"scenario\":\"%s\",\"count\":%ld,\"wall_s\":%.4f,\"client_cpu_s\":%.4f,\"msgs_per_s\":%.0f,\"cpu_us_per_msg\":%.3f,",
         scenario, n, wall, used, n / wall, used * 1e6 / n);
  if (lat) {
    qsort(lat, n, sizeof *lat, by_value);
    printf("\"p50_us\":%.1f,\"p99_us\":%.1f,", lat[n / 2], lat[(long)(n * 0.99)]);
  } else printf("\"p50_us\":null,\"p99_us\":null,");
  printf("\"max_rss_kib\":%ld}\n", u.ru_maxrss);
  return 0;
}
