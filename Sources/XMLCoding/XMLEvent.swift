// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One step through a document, in document order.
public enum XMLEvent: Hashable, Sendable {
    /// An element begins; its name without a namespace prefix. Its attributes are in ``XMLReader/attributes``.
    case start(String)
    /// All character data up to the next tag: references and CDATA sections decoded, line ends as `\n`, comments left out. Never empty.
    case text(String)
    /// The element ends; its name without a namespace prefix. `<a/>` gives a start and an end.
    case end(String)
}
