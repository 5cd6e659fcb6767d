// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
public import Hummingbird
import LamassuEvents

/// Lets the events of a request say in which trace it was handled, and on whose behalf.
///
/// Whoever authenticates its clients adds the principal here.
public struct EventContextMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Makes the middleware.
    public init() {}

    /// Handles a request.
    @concurrent
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let events = EventContext { name in HTTPField.Name(name).flatMap { request.headers[$0] } }
        return try await EventContext.withValue(events) { try await next(request, context) }
    }
}
