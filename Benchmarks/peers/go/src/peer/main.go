// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Benchmark peer: Go with amqp091-go. One connection, one channel.
// Usage: peer <scenario> <count>
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"syscall"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	bodySize = 512
	window   = 1000
	prefetch = 500
	ackEvery = 100
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "peer go:", err)
		os.Exit(1)
	}
}

func env(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func usage() (cpu float64, rss int64) {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	cpu = float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
	return cpu, u.Maxrss
}

var (
	url   = "amqp://" + env("AMQP_USER", "guest") + ":" + env("AMQP_PASSWORD", "guest") + "@" + env("AMQP_HOST", "127.0.0.1") + ":" + env("AMQP_PORT", "5672") + "/"
	queue = env("AMQP_QUEUE", "bench.amqp")
	body  = make([]byte, bodySize)
)

func dial() (*amqp.Connection, *amqp.Channel) {
	conn, err := amqp.DialConfig(url, amqp.Config{Heartbeat: 60 * time.Second, Locale: "en_US"})
	must(err)
	ch, err := conn.Channel()
	must(err)
	return conn, ch
}

func hangup(conn *amqp.Connection, ch *amqp.Channel) {
	must(ch.Close())
	must(conn.Close())
}

func publish(ch *amqp.Channel, mode uint8) {
	must(ch.PublishWithContext(context.Background(), "", queue, false, false, amqp.Publishing{
		DeliveryMode: mode, ContentType: "application/octet-stream", Body: body,
	}))
}

func main() {
	if len(os.Args) < 3 {
		must(fmt.Errorf("usage: peer <scenario> <count>"))
	}
	scenario := os.Args[1]
	n, err := strconv.Atoi(os.Args[2])
	must(err)
	for i := range body {
		body[i] = 'x'
	}
	var start, end time.Time
	var cpu0, cpu1 float64
	begin := func() { cpu0, _ = usage(); start = time.Now() }
	finish := func() { end = time.Now(); cpu1, _ = usage() }
	var lat []float64

	if scenario == "connect" {
		begin()
		for i := 0; i < n; i++ {
			t := time.Now()
			conn, ch := dial()
			hangup(conn, ch)
			lat = append(lat, float64(time.Since(t).Nanoseconds())/1e3)
		}
		finish()
	} else {
		conn, ch := dial()
		_, err = ch.QueueDeclare(queue, true, false, false, false, nil)
		must(err)
		switch scenario {
		case "publish-confirm-pipelined":
			must(ch.Confirm(false))
			confirms := ch.NotifyPublish(make(chan amqp.Confirmation, window))
			begin()
			inFlight := 0
			take := func(c amqp.Confirmation) {
				if !c.Ack {
					must(fmt.Errorf("nack"))
				}
				inFlight--
			}
			for i := 0; i < n; i++ {
				if inFlight == window {
					take(<-confirms)
				}
				publish(ch, amqp.Persistent)
				inFlight++
			}
			for inFlight > 0 {
				take(<-confirms)
			}
			finish()
			hangup(conn, ch)
		case "publish-noconfirm":
			begin()
			for i := 0; i < n; i++ {
				publish(ch, amqp.Transient)
			}
			hangup(conn, ch)
			finish()
		case "consume-ack":
			must(ch.Qos(prefetch, 0, false))
			begin()
			deliveries, err := ch.Consume(queue, "", false, false, false, false, nil)
			must(err)
			bytes := 0
			for i := 1; i <= n; i++ {
				d := <-deliveries
				bytes += len(d.Body)
				if i%ackEvery == 0 || i == n {
					must(d.Ack(true))
				}
			}
			hangup(conn, ch)
			finish()
			if bytes != n*bodySize {
				must(fmt.Errorf("wrong byte count"))
			}
		case "roundtrip":
			// NotifyPublish, not DeferredConfirmation: in 1.5.0 a deferred confirmation is registered after the
			// publish is written, so a confirm that arrives first is lost and Wait never returns.
			must(ch.Confirm(false))
			confirms := ch.NotifyPublish(make(chan amqp.Confirmation, 1))
			begin()
			for i := 0; i < n; i++ {
				t := time.Now()
				publish(ch, amqp.Transient)
				if c := <-confirms; !c.Ack {
					must(fmt.Errorf("nack"))
				}
				lat = append(lat, float64(time.Since(t).Nanoseconds())/1e3)
			}
			finish()
			hangup(conn, ch)
		default:
			must(fmt.Errorf("unknown scenario"))
		}
	}
	wall, used := end.Sub(start).Seconds(), cpu1-cpu0
	_, rss := usage()
	p50, p99 := "null", "null"
	if lat != nil {
		sort.Float64s(lat)
		p50 = fmt.Sprintf("%.1f", lat[len(lat)/2])
		p99 = fmt.Sprintf("%.1f", lat[int(float64(len(lat))*0.99)])
	}
	name := env("PEER_NAME", "amqp091-go")
	fmt.Printf("{\"peer\":%q,\"scenario\":%q,\"count\":%d,\"wall_s\":%.4f,\"client_cpu_s\":%.4f,\"msgs_per_s\":%.0f,\"cpu_us_per_msg\":%.3f,\"p50_us\":%s,\"p99_us\":%s,\"max_rss_kib\":%d}\n",
		name, scenario, n, wall, used, float64(n)/wall, used*1e6/float64(n), p50, p99, rss)
}
