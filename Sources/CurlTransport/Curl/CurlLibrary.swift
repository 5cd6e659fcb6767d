// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// libcurl as a whole.
enum CurlLibrary {
    // Swift runs the initialiser of a static once, whoever comes first; it is never undone, as libcurl advises for a library
    // that cannot know who else in the process uses it.
    private static let initialisation = curl_global_init(Int(CURL_GLOBAL_ALL))

    /// Initialises libcurl on the first call.
    static func initialise() throws(TransportError) {
        guard self.initialisation == CURLE_OK else {
            throw TransportError(.resourceExhausted, message: "libcurl could not be initialised (code \(self.initialisation.rawValue))")
        }
    }

    /// Whether this libcurl was built with a bundle of trusted certificates as one file.
    ///
    /// With a bundle the folder of single certificates is not needed, and without the folder libcurl can keep the loaded bundle.
    static var hasCertificateBundle: Bool {
        guard let version = unsafe ccurl_version_info() else { return false }
        return unsafe version.pointee.cainfo != nil
    }
}
