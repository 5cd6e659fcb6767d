// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import XMLCoding

/// Reads a whole document.
func events(_ bytes: [UInt8], limits: XMLReader.Limits = .init()) throws(XMLError) -> [XMLEvent] {
    var reader = try XMLReader(bytes, limits: limits)
    var events: [XMLEvent] = []
    while let event = try reader.nextEvent() { events.append(event) }
    return events
}

/// The error that reading a whole document ends with, or `nil` when it is read to its end.
func failure(_ bytes: [UInt8], limits: XMLReader.Limits = .init()) -> XMLError? {
    do throws(XMLError) {
        _ = try events(bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}
