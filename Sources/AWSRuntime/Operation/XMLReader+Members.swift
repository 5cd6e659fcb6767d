// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import XMLCoding

extension XMLReader {
    /// Reads a list, whose elements are all called `member`, and leaves it.
    ///
    /// - Parameter read: reads one element and leaves it.
    /// - Returns: the elements.
    package mutating func readMembers<Element>(_ read: (inout XMLReader) throws(XMLError) -> Element) throws(XMLError) -> [Element] {
        var elements: [Element] = []
        while let name = try self.nextElement() {
            if name == "member" { elements.append(try read(&self)) } else { try self.skip() }
        }
        return elements
    }
}
