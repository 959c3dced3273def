using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// The answer to a change: serialised once, so that what is sent, what is stored under the Idempotency-Key and what a
/// repeat gets are the same bytes.
/// </summary>
public sealed record Reply : IResult, IStatusCodeHttpResult
{
    private Reply(int status, string? location, string? etag, ReadOnlyMemory<byte> body) =>
        (Status, Location, ETag, Body) = (status, location, etag, body);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>Where the thing is, or null.</summary>
    public string? Location { get; }

    /// <summary>The quoted version, or null.</summary>
    public string? ETag { get; }

    /// <summary>JSON as UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>201 with the whole resource.</summary>
    public static Reply Created(string location, object body, long? version = null) =>
        Of(StatusCodes.Status201Created, location, body, version);

    /// <summary>200 with the whole resource or the outcome.</summary>
    public static Reply Ok(object body, long? version = null) => Of(StatusCodes.Status200OK, null, body, version);

    /// <summary>202: another service must still confirm; the resource shows what is pending.</summary>
    public static Reply Accepted(string? location, object body, long? version = null) =>
        Of(StatusCodes.Status202Accepted, location, body, version);

    internal static Reply Stored(int status, string? location, string? etag, byte[] body) =>
        new(status, location, etag, body);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (Location is not null)
            response.Headers.Location = Location;
        if (ETag is not null)
            response.Headers.ETag = ETag;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }

    private static Reply Of(int status, string? location, object body, long? version)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Reply(status, location, version is { } v ? EntityTag.Of(v) : null,
            JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Json.Wire));
    }
}
