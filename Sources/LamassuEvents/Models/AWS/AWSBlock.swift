// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a connector to AWS keeps in the metadata of one kind of thing.
public protocol AWSBlock: JSONDecodable, JSONEncodable, Hashable, Sendable {}

extension AWSCABlock: AWSBlock {}
extension AWSCertificateBlock: AWSBlock {}
extension AWSDMSBlock: AWSBlock {}
extension AWSDeviceBlock: AWSBlock {}

extension Metadata {
    /// Reads the block of a connector.
    ///
    /// - Parameters:
    ///   - type: which kind of block: that of the thing the metadata belongs to.
    ///   - connector: whose block.
    /// - Returns: the block; `nil` where the connector has none here.
    /// - Throws: `JSONError` where the member is there and is no such block.
    public func block<Block: AWSBlock>(_ type: Block.Type = Block.self, of connector: ConnectorID) throws(JSONError) -> Block? {
        guard let value = self[connector.metadataKey], !value.isNull else { return nil }
        return try JSONReader.decode(Block.self, from: JSONWriter.encode(value))
    }

    /// Writes the block of a connector, in the place of the one before.
    ///
    /// - Parameters:
    ///   - block: the block.
    ///   - connector: whose block.
    /// - Throws: `JSONError` where a kept member of the block cannot be written.
    public mutating func setBlock(_ block: some AWSBlock, of connector: ConnectorID) throws(JSONError) {
        self[connector.metadataKey] = try JSONValue(parsing: JSONWriter.encode(block))
    }
}
