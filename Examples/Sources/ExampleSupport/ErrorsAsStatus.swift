// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Hummingbird
import LamassuEvents

/// There is no such thing; HTTP 404.
public struct NotFound: Error {
    /// Which thing.
    public let what: String

    /// Says which thing.
    public init(what: String) { self.what = what }
}

/// It cannot be done as things are; HTTP 409.
public struct Conflict: Error {
    /// What does not allow it.
    public let what: String

    /// Says what does not allow it.
    public init(what: String) { self.what = what }
}

/// Turns the errors of a service into HTTP statuses.
public struct ErrorsAsStatus<Context: RequestContext>: RouterMiddleware {
    /// Makes the middleware.
    public init() {}

    /// Handles a request.
    @concurrent
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as NotFound {
            throw HTTPError(.notFound, message: "there is no \(error.what)")
        } catch let error as Conflict {
            throw HTTPError(.conflict, message: "\(error.what) does not allow it")
        } catch let error as LamassuEventsError {
            // The operation has not run: its event would have had no room.
            throw HTTPError(.serviceUnavailable, message: "\(error.code)")
        }
    }
}
