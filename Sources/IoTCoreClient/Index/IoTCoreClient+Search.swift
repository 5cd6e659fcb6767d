// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension SearchIndex: AWSPaginatedOperation {
    /// The things of a page; those of groups are in ``Output/thingGroups``.
    public static func items(of output: Output) -> [ThingDocument] { output.things ?? [] }

    /// The call for the page after one.
    public func nextPage(after output: Output) -> Self? {
        guard let token = output.nextToken, !token.isEmpty else { return nil }
        var next = self
        next.nextToken = token
        return next
    }
}

extension IoTCoreClient {
    /// The things of the fleet index that fit a query, through all pages.
    ///
    /// - Parameters:
    ///   - query: the query, such as `thingName:sensor* AND connectivity.connected:true` ("Query syntax", developer guide).
    ///   - indexName: the index; by default that of the things.
    ///   - pageSize: how many things a page has at most; by default as many as AWS gives.
    /// - Returns: a sequence that asks for a page when the things of the one before were taken.
    public func searchThings(_ query: String, in indexName: String = "AWS_Things", pageSize: Int? = nil) -> AWSItemSequence<SearchIndex> {
        self.client.items(of: SearchIndex(indexName: indexName, queryString: query, maxResults: pageSize))
    }
}
