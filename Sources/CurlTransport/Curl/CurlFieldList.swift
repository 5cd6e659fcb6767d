// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// The header fields of one request as the list that libcurl wants, in memory that is used again for the next one.
///
/// libcurl refers to the list while the transfer goes on, so it is set only between two.
@safe
struct CurlFieldList: ~Copyable {
    private var text: UnsafeMutableBufferPointer<CChar>
    private var nodes: UnsafeMutableBufferPointer<curl_slist>
    private var count = 0

    init() {
        unsafe self.text = .allocate(capacity: 2_048)
        unsafe self.nodes = .allocate(capacity: 24)
    }

    deinit {
        unsafe self.text.deallocate()
        unsafe self.nodes.deallocate()
    }

    /// The list, for the call that takes it; `nil` when it is empty.
    var pointer: UnsafeMutableRawPointer? {
        self.count == 0 ? nil : unsafe UnsafeMutableRawPointer(self.nodes.baseAddress)
    }

    /// Makes the list that of other lines.
    ///
    /// - Parameters:
    ///   - lines: the lines, each with a zero byte at its end.
    ///   - count: how many there are.
    mutating func set(_ lines: [UInt8], count: Int) {
        if unsafe self.text.count < lines.count {
            unsafe self.text.deallocate()
            unsafe self.text = .allocate(capacity: lines.count * 2)
        }
        if unsafe self.nodes.count < count {
            unsafe self.nodes.deallocate()
            unsafe self.nodes = .allocate(capacity: count * 2)
        }
        self.count = 0
        guard let text = unsafe self.text.baseAddress, let nodes = unsafe self.nodes.baseAddress, count > 0 else { return }
        var start = 0
        for (index, byte) in lines.enumerated() {
            unsafe (text + index).initialize(to: CChar(bitPattern: byte))
            guard byte == 0, self.count < count else { continue }
            let next = unsafe self.count + 1 < count ? nodes + self.count + 1 : nil
            unsafe (nodes + self.count).initialize(to: curl_slist(data: text + start, next: next))
            self.count += 1
            start = index + 1
        }
        // Fewer lines than said would leave the last one pointing at nothing.
        if self.count > 0 { unsafe nodes[self.count - 1].next = nil }
    }
}
