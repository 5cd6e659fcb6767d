// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

extension DistinguishedName {
    /// Reads an `X509_NAME`.
    ///
    /// - Parameters:
    ///   - name: the name, which stays its owner's.
    ///   - code: the code of the error for a name that cannot be read.
    @unsafe init(_ name: OpaquePointer?, orThrow code: CryptoError.Code) throws(CryptoError) {
        var attributes: [Attribute] = []
        for index in 0..<max(0, unsafe X509_NAME_entry_count(name)) {
            guard let entry = unsafe X509_NAME_get_entry(name, index),
                let type = unsafe Self.objectIdentifier(of: X509_NAME_ENTRY_get_object(entry)),
                let value = unsafe Self.text(of: X509_NAME_ENTRY_get_data(entry))
            else { throw .openSSL(code, "attribute \(index) of a name cannot be read") }
            attributes.append(Attribute(AttributeType(objectIdentifier: type), value))
        }
        self.init(attributes: attributes)
    }

    /// The name as a new `X509_NAME`.
    func encoded() throws(CryptoError) -> OpenSSLObject {
        OpenSSLErrorQueue.clear()
        let name = try unsafe OpenSSLObject(X509_NAME_new(), free: { unsafe X509_NAME_free($0) }, "no memory for a name")
        for attribute in self.attributes {
            let value = Array(attribute.value.utf8)
            guard
                unsafe X509_NAME_add_entry_by_txt(
                    name.pointer, attribute.type.objectIdentifier, MBSTRING_UTF8, value, Int32(clamping: value.count), -1, 0) == 1
            else {
                throw .openSSL(.invalidArgument, "a name cannot have \(attribute.type)=\(attribute.value.prefix(80).debugDescription)")
            }
        }
        return name
    }

    @unsafe private static func objectIdentifier(of object: OpaquePointer?) -> String? {
        let capacity = 256
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = unsafe OBJ_obj2txt(start, Int32(capacity), object, 1)
            guard count > 0, count < capacity else { return nil }
            return unsafe String(cString: start)
        }
    }

    /// The value as text; a zero byte stays in it and never ends it.
    @unsafe private static func text(of value: UnsafeMutablePointer<ASN1_STRING>?) -> String? {
        guard let value = unsafe value else { return nil }
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&start, value)
        guard count >= 0, let start = unsafe start else { return nil }
        defer { unsafe copenssl_free(start) }
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }
}
