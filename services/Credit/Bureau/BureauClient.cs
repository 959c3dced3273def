using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OrderToCash.Credit.Scoring;
using OrderToCash.ServiceDefaults;
using Polly;

namespace OrderToCash.Credit.Bureau;

/// <summary>What a bureau answered.</summary>
/// <param name="Report">What it says; null where it does not know the company.</param>
/// <param name="Raw">The answer as it came.</param>
/// <param name="MatchedBy">By what it knew the company; null where it does not.</param>
public sealed record BureauAnswer(BureauReport? Report, string Raw, BureauMatch? MatchedBy);

/// <summary>The bureau did not answer, or not with anything that can be read.</summary>
public sealed class BureauUnavailableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>
    /// True when the bureau answers nobody: it cannot be reached, takes too long, fails, or does not let us in. Else it
    /// is its answer about this one company that cannot be read.
    /// </summary>
    public bool IsAway => HttpResilience.IsAway(InnerException);
}

/// <summary>
/// Asks a credit bureau over HTTP: a token for key and secret, the best match for a company, its report. A company is
/// looked for by its number in the register, then by its tax number, then by name and country. The name goes with a
/// number, which may be mistyped, or another register's: a company that is called otherwise is another one. Whoever is
/// surely found ends the search; several that are equally sure, or one without a report, are no answer. Attempts are
/// bounded, failures that pass are repeated, and a bureau that is down is left alone for a while (circuit breaker).
/// </summary>
public sealed partial class BureauClient : IDisposable
{
    /// <summary>From this confidence on (1 to 10) a match is taken for the company.</summary>
    private const int SureMatch = 7;

    private const int LargestAnswer = 4 * 1024 * 1024;

    private static readonly TimeSpan TokenMargin = TimeSpan.FromMinutes(1);

    private readonly BureauOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private AccessToken? _token;

    /// <summary>Connects to nothing before it is asked.</summary>
    public BureauClient(IOptions<BureauOptions> options, TimeProvider clock, ILogger<BureauClient> log)
    {
        (_options, _clock, _log) = (options.Value, clock, log);
        _http = HttpResilience.Client(
            _options.IsSet ? new Uri(_options.Address) : null, TimeSpan.FromSeconds(_options.AttemptSeconds),
            TimeSpan.FromSeconds(_options.TotalSeconds), _options.Retries, LargestAnswer);
    }

    /// <summary>True when there is a bureau to ask.</summary>
    public bool IsSet => _options.IsSet;

    /// <summary>The report of a company; throws <see cref="BureauUnavailableException"/>.</summary>
    public async Task<BureauAnswer> AskAsync(Company company, CancellationToken cancellation)
    {
        try
        {
            var last = "";
            foreach (var (by, query) in Searches(company))
            {
                var match = await MatchAsync(company, by, query, cancellation);
                last = match ?? last;
                if (match is null || Subjects(match, by) is not { Count: > 0 } subjects)
                    continue;
                return subjects is [var subject] && await DataAsync(subject, cancellation) is { } data
                    ? new BureauAnswer(BureauAnswers.Read(data), data, by)
                    : new BureauAnswer(null, last, null);
            }

            return new BureauAnswer(null, last, null);
        }
        catch (Exception error) when (error is HttpRequestException or ExecutionRejectedException or IOException
            or JsonException or InvalidOperationException or FormatException or KeyNotFoundException
            || HttpResilience.IsTimeout(error))
        {
            throw new BureauUnavailableException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    /// <summary>How a company is looked for, the surest way first.</summary>
    private static IEnumerable<(BureauMatch By, string Query)> Searches(Company company)
    {
        if (company.RegistrationNumber is { } number)
            yield return (BureauMatch.RegistrationNumber, $"&registrationNumber={Uri.EscapeDataString(number)}");
        if (company.TaxId is { } taxId)
            yield return (BureauMatch.TaxId, $"&registrationNumber={Uri.EscapeDataString(taxId)}");
        yield return (BureauMatch.Name, "");
    }

    /// <summary>Who may be the company, as the bureau tells it; null where nobody is.</summary>
    private async Task<string?> MatchAsync(
        Company company, BureauMatch by, string query, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(
                $"/v1/match/cleanseMatch?name={Uri.EscapeDataString(company.Name)}" +
                $"&countryISOAlpha2Code={Uri.EscapeDataString(company.Country)}{query}", cancellation);
        }
        catch (HttpRequestException error) when (by != BureauMatch.Name
            && error.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity)
        {
            // What the bureau takes for no number is known to nobody.
            LogNoNumber(_log, company.CustomerId, by, company.Country, error);
            return null;
        }
    }

    private Task<string?> DataAsync(string subject, CancellationToken cancellation) => GetAsync(
        $"/v1/data/duns/{Uri.EscapeDataString(subject)}" +
        "?blockIDs=companyinfo_L2_v1,financialstrengthinsight_L2_v1,paymentinsight_L1_v1", cancellation);

    /// <summary>Those that are surely the company, and equally so: one where it is known which.</summary>
    private static IReadOnlyList<string> Subjects(string match, BureauMatch by)
    {
        using var document = JsonDocument.Parse(match);
        if (by != BureauMatch.Name && IsByNameOnly(document.RootElement))
            return [];
        var sure = document.RootElement.GetProperty("matchCandidates").EnumerateArray()
            .Where(candidate => !IsCalledOtherwise(candidate))
            .Select(candidate => (
                Subject: candidate.GetProperty("organization").GetProperty("duns").GetString(),
                Confidence: candidate.GetProperty("matchQualityInformation").GetProperty("confidenceCode").GetInt32()))
            .Where(candidate => candidate is { Subject: not null, Confidence: >= SureMatch })
            .ToList();
        return
        [
            .. sure.Where(candidate => candidate.Confidence == sure.Max(one => one.Confidence))
                .Select(candidate => candidate.Subject!).Distinct(),
        ];
    }

    /// <summary>The bureau does not know the number, and has looked for the name beside it.</summary>
    private static bool IsByNameOnly(JsonElement answer) =>
        answer.TryGetProperty("matchDataCriteria", out var criteria) && criteria.ValueKind == JsonValueKind.String
        && criteria.GetString()!.StartsWith("Name", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first letter of the grade is about the name: F is another one.</summary>
    private static bool IsCalledOtherwise(JsonElement candidate) =>
        candidate.GetProperty("matchQualityInformation").TryGetProperty("matchGrade", out var grade)
        && grade.ValueKind == JsonValueKind.String && grade.GetString() is ['F', ..];

    /// <summary>The body; null where there is nothing (404).</summary>
    private async Task<string?> GetAsync(string path, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            var token = await TokenAsync(cancellation);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
            using var answer = await _http.SendAsync(request, cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return null;
            if (answer.StatusCode == HttpStatusCode.Unauthorized && attempt == 0)
            {
                // It was withdrawn before its time; a new one is asked for once.
                Interlocked.CompareExchange(ref _token, null, token);
                continue;
            }

            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsStringAsync(cancellation);
        }
    }

    private async Task<AccessToken> TokenAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_token is { } known && known.Until > _clock.GetUtcNow())
                return known;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/token")
            {
                Content = new StringContent(
                    """{"grant_type":"client_credentials"}""", Encoding.UTF8, "application/json"),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.Key}:{_options.Secret}")));
            // Asking for a token twice does no harm: it may be repeated like a GET.
            request.Headers.Add("Idempotency-Key", "token");
            using var answer = await _http.SendAsync(request, cancellation);
            answer.EnsureSuccessStatusCode();
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            var token = body.RootElement.GetProperty("access_token").GetString()
                ?? throw new FormatException("The bureau gave an empty token.");
            var seconds = body.RootElement.GetProperty("expiresIn").GetInt32();
            var given = new AccessToken(token, _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds) - TokenMargin);
            _token = given;
            return given;
        }
        finally
        {
            _gate.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "credit.bureau.no-number",
        Message = "The bureau takes the {Kind} of customer {CustomerId} in {Country} for no number")]
    private static partial void LogNoNumber(
        ILogger log, Guid customerId, BureauMatch kind, string country, Exception error);

    private sealed record AccessToken(string Text, DateTimeOffset Until);
}
