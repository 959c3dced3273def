using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// An error answer (RFC 9457). It is a result by itself, and a part of the answer where one request asks for many
/// things.
/// </summary>
/// <param name="Code">Stable, kebab-case; callers may switch on it.</param>
/// <param name="Title">The kind of problem in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened, for people.</param>
public sealed record Problem(
    [property: JsonPropertyOrder(5)] string Code,
    [property: JsonPropertyOrder(2)] string Title,
    [property: JsonPropertyOrder(3)] int Status,
    [property: JsonPropertyOrder(4)] string Detail) : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    /// <summary>Media type of problem details.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Names the kind of problem: <c>urn:ordertocash:problem:{code}</c>.</summary>
    [JsonPropertyOrder(1)]
    public string Type => $"urn:ordertocash:problem:{Code}";

    /// <summary>Messages by JSON pointer of the input at fault.</summary>
    [JsonPropertyOrder(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The version a stream is at, where another was expected (412).</summary>
    [JsonPropertyOrder(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CurrentVersion { get; init; }

    /// <summary>Finds the request in logs and traces.</summary>
    [JsonPropertyOrder(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>When to try again, as a header.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    string? IContentTypeHttpResult.ContentType => MediaType;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (CurrentVersion is { } version)
            response.Headers.ETag = EntityTag.Of(version);
        if (RetryAfter is { } pause && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        Activity.Current?.SetTag("otc.problem", Code);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            this with { TraceId = TraceId ?? TraceIdOf(httpContext) }, Json.Wire);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    internal static string TraceIdOf(HttpContext http) =>
        Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}

/// <summary>Ends a request with this problem, from where no result can be returned (binding, properties).</summary>
public class ProblemException(Problem problem, Exception? cause = null) : Exception(problem.Detail, cause)
{
    /// <summary>The answer.</summary>
    public Problem Problem { get; } = problem;
}
