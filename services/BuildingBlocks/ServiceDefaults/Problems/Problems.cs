using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>Every error answer of the API is made here: one code, one title and one status per kind.</summary>
public static class Problems
{
    private const string Unreadable = "The request cannot be read";

    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(2);

    /// <summary>The answer to a refused wish.</summary>
    public static Problem From(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var (status, title) = refusal.Kind switch
        {
            RefusalKind.State => (StatusCodes.Status409Conflict, "The present state does not allow it"),
            RefusalKind.NotFound => (StatusCodes.Status404NotFound, "Not found"),
            RefusalKind.Forbidden => (StatusCodes.Status403Forbidden, "Not allowed"),
            _ => (StatusCodes.Status422UnprocessableEntity, "A rule refuses it"),
        };
        return new Problem(refusal.Code, title, status, refusal.Detail)
        {
            Errors = refusal.Field is null ? null : Error(refusal.Field, refusal.Detail),
        };
    }

    /// <summary>400: the request cannot be read.</summary>
    public static Problem Malformed(string detail, IReadOnlyDictionary<string, string[]>? errors = null) =>
        new("malformed-request", Unreadable, StatusCodes.Status400BadRequest, detail) { Errors = errors };

    /// <summary>400 with a code of its own: one part of the request cannot be read.</summary>
    public static Problem Malformed(string code, string field, string message) =>
        new(code, Unreadable, StatusCodes.Status400BadRequest, message) { Errors = Error(field, message) };

    /// <summary>400: JSON that a use case reads by itself, such as one item of many, does not fit.</summary>
    public static Problem Malformed(JsonException error) => BadRequests.Explain(error);

    /// <summary>400: fields are missing or out of bounds.</summary>
    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new("validation-failed", "The request is not valid", StatusCodes.Status400BadRequest,
            "Some fields are missing or out of bounds; errors names them.")
        { Errors = errors };

    /// <summary>403: the token lacks a scope.</summary>
    public static Problem MissingScope(string scope) =>
        new("scope-missing", "Not allowed", StatusCodes.Status403Forbidden, $"This needs the scope {scope}.");

    /// <summary>412: the stream is not at the version named by If-Match.</summary>
    public static Problem WrongVersion(long current) =>
        new("version-mismatch", "It has changed since", StatusCodes.Status412PreconditionFailed,
            $"If-Match names another version than the present one, {current}. Read it again and decide anew.")
        { CurrentVersion = current };

    /// <summary>400: If-Match where the address names nothing that has a version.</summary>
    public static Problem NothingToMatch() =>
        new("if-match-unsupported", Unreadable, StatusCodes.Status400BadRequest,
            "What this request names has no ETag. Send it without If-Match.");

    /// <summary>422: the Idempotency-Key came before with another request.</summary>
    public static Problem KeyReused() =>
        new("idempotency-key-reused", "The key belongs to another request", StatusCodes.Status422UnprocessableEntity,
            "This Idempotency-Key was used with another request. Use a new key for a new request.");

    /// <summary>429: too many requests.</summary>
    public static Problem TooManyRequests(
        string detail = "Slow down and try again after the time in Retry-After.", TimeSpan? retryAfter = null) =>
        new("too-many-requests", "Too many requests", StatusCodes.Status429TooManyRequests, detail)
        {
            RetryAfter = retryAfter,
        };

    /// <summary>
    /// 503: something the service needs is away; nothing was lost, the same request may be sent again.
    /// </summary>
    public static Problem Unavailable(
        string detail = "Something this needs is away at the moment. Try again shortly.") =>
        new("unavailable", "Not available at the moment", StatusCodes.Status503ServiceUnavailable, detail)
        { RetryAfter = SoonAgain };

    /// <summary>500: a defect. Its cause is in the log under the trace id and nowhere else.</summary>
    public static Problem Unexpected() =>
        new("internal-error", "Something went wrong", StatusCodes.Status500InternalServerError,
            "This is a defect of the service. The log has its cause under the traceId.");

    /// <summary>The answer to a bare status, as the server and middlewares set it.</summary>
    public static Problem ForStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Malformed("The request cannot be read."),
        StatusCodes.Status401Unauthorized => new("unauthenticated", "Who are you?", status,
            "This needs a valid bearer token; WWW-Authenticate says what is wrong with the one sent, if one was."),
        StatusCodes.Status403Forbidden => new("forbidden", "Not allowed", status, "Your token does not allow this."),
        StatusCodes.Status404NotFound => new("not-found", "Not found", status, "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => new("method-not-allowed", "Method not allowed", status,
            "This address does not know the method; Allow lists those it knows."),
        StatusCodes.Status408RequestTimeout => new("request-timeout", "The request came too slowly", status,
            "The request was not complete in time."),
        StatusCodes.Status413PayloadTooLarge => new("body-too-large", "The body is too large", status,
            "The body is larger than this address takes."),
        StatusCodes.Status415UnsupportedMediaType => new("unsupported-media-type", "Unsupported media type", status,
            "This address does not take the Content-Type that was sent."),
        StatusCodes.Status429TooManyRequests => TooManyRequests(retryAfter: SoonAgain),
        StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable
            or StatusCodes.Status504GatewayTimeout => Unavailable(),
        >= 500 => Unexpected(),
        _ => new("refused", "The request was refused", status, "The request was refused."),
    };

    internal static Dictionary<string, string[]> Error(string field, params string[] messages) =>
        new(StringComparer.Ordinal) { [field] = messages };
}
