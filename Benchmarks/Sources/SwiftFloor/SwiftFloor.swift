// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The least memory that a program of Swift with libcurl has.
///
/// It initialises libcurl, makes one handle, and sleeps for a moment, as a task of Swift's does. What it has more than floor/floor.c is
/// Swift's runtime.
@main
enum SwiftFloor {
    struct Failure: Error {}

    static func main() async throws {
        // For two functions no module of C is worth the while.
        let library = dlopen("libcurl.so.4", RTLD_NOW)
        guard let initialise = dlsym(library, "curl_global_init"), let make = dlsym(library, "curl_easy_init") else { throw Failure() }
        let everything = 3
        guard unsafeBitCast(initialise, to: (@convention(c) (Int) -> Int32).self)(everything) == 0,
            unsafeBitCast(make, to: (@convention(c) () -> OpaquePointer?).self)() != nil
        else { throw Failure() }
        try await Task.sleep(for: .milliseconds(100))
        var usage = rusage()
        getrusage(.init(RUSAGE_SELF.rawValue), &usage)
        print("{\"scenario\":\"swift-floor\",\"max_rss_kib\":\(usage.ru_maxrss)}")
    }
}
