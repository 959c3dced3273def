using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderToCash.Local.Servers;

/// <summary>How the simulated bureau answers about a company.</summary>
public enum BureauCase
{
    /// <summary>A healthy company that pays promptly.</summary>
    Good,

    /// <summary>A company that lives, with doubts.</summary>
    Fair,

    /// <summary>A company in trouble that pays late.</summary>
    Poor,

    /// <summary>It pays promptly while it is about to fail.</summary>
    Cloaked,

    /// <summary>Known, with hardly a score.</summary>
    Thin,

    /// <summary>Not known.</summary>
    Missing,

    /// <summary>Bankrupt: its scores are zero.</summary>
    Bankrupt,

    /// <summary>Answers, much too late.</summary>
    Slow,

    /// <summary>Answers 503.</summary>
    Failing,

    /// <summary>Answers 500.</summary>
    Broken,

    /// <summary>Answers with something that is no report.</summary>
    Garbled,

    /// <summary>Answers with JSON that has nothing of what was asked for.</summary>
    Foreign,

    /// <summary>Perhaps it is the company; the bureau is not sure.</summary>
    Unsure,

    /// <summary>One of two, and nobody can tell which.</summary>
    Twins,

    /// <summary>Known, without a report.</summary>
    Reportless,

    /// <summary>A healthy company that was bankrupt once.</summary>
    Discharged,
}

/// <summary>
/// A credit bureau for development and tests, in the style of D&amp;B Direct+: token, match, data blocks. It knows
/// every company and answers by a word in its name (<c>Thin Air Ltd</c>, <c>Bankrupt &amp; Sons</c>), or as it was
/// told with <c>PUT /simulator/companies/{name}?answer=poor</c>, by its registration number where it was told one, too
/// (<c>&amp;registrationNumber=</c>); it takes any key and any secret.
/// </summary>
public sealed class BureauSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, BureauCase> _told = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _registered = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _valid = new(StringComparer.Ordinal);
    private int _asked;
    private int _tokens;

    private BureauSimulator(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>How often a company was looked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How many tokens it has given.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>How long a slow answer takes.</summary>
    public TimeSpan Slowness { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Starts listening.</summary>
    public static async Task<BureauSimulator> StartAsync(string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var simulator = new BureauSimulator(app);
        app.MapPost("/v3/token", simulator.Token);
        app.MapGet("/v1/match/cleanseMatch", simulator.MatchAsync);
        app.MapGet("/v1/data/duns/{duns}", simulator.Report);
        app.MapPut("/simulator/companies/{name}", (string name, string answer, string? registrationNumber) =>
        {
            simulator.Tell(name, Enum.Parse<BureauCase>(answer, ignoreCase: true));
            if (registrationNumber is not null)
                simulator.Register(registrationNumber, name);
            return Results.NoContent();
        });
        await app.StartAsync();
        return simulator;
    }

    /// <summary>Takes back all tokens it has given, before their time.</summary>
    public void WithdrawTokens() => _valid.Clear();

    /// <summary>From now on it answers so about a company.</summary>
    public void Tell(string name, BureauCase answer) => _told[name] = answer;

    /// <summary>From now on it knows a company by this number, of the register or the tax office, too.</summary>
    public void Register(string number, string name) => _registered[number] = name;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Token()
    {
        var token = $"simulated-{Interlocked.Increment(ref _tokens)}";
        _valid[token] = true;
        return Results.Json(new { access_token = token, expiresIn = 3600 });
    }

    private bool IsKnown(HttpContext http) =>
        $"{http.Request.Headers.Authorization}".Split(' ') is ["Bearer", var token] && _valid.ContainsKey(token);

    private async Task<IResult> MatchAsync(HttpContext http, string? name, string? registrationNumber)
    {
        Interlocked.Increment(ref _asked);
        if (!IsKnown(http))
            return Results.Unauthorized();
        if (registrationNumber is not null && !registrationNumber.Any(char.IsDigit))
            return Results.BadRequest(new { error = "A registration number has digits." });
        var asked = name;
        if (registrationNumber is not null)
            name = _registered.GetValueOrDefault(registrationNumber);
        if (name is null)
            return Results.NotFound();
        var answer = CaseOf(name);
        if (answer == BureauCase.Slow)
            await Task.Delay(Slowness, TimeProvider.System, http.RequestAborted);
        switch (answer)
        {
            case BureauCase.Failing:
                return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            case BureauCase.Broken:
                return Results.StatusCode(StatusCodes.Status500InternalServerError);
            case BureauCase.Missing:
                return Results.NotFound();
            case BureauCase.Foreign:
                return Results.Json(new { message = "try again later" });
        }

        string[] candidates = answer == BureauCase.Twins ? [name, $"{name} of elsewhere"] : [name];
        return Results.Json(new
        {
            matchDataCriteria = registrationNumber is null ? "Name and Address Lookup" : "National ID Lookup",
            matchCandidates = candidates.Select(candidate => new
            {
                organization = new { duns = Number(candidate), primaryName = candidate },
                matchQualityInformation = new
                {
                    confidenceCode = answer == BureauCase.Unsure ? 5 : 9,
                    matchGrade = $"{GradeOf(candidate, asked)}ZZZZZZ",
                },
            }),
        });
    }

    private string Number(string name)
    {
        var duns = Math.Abs(string.GetHashCode(name, StringComparison.OrdinalIgnoreCase) % 1_000_000_000)
            .ToString("D9", CultureInfo.InvariantCulture);
        _names[duns] = name;
        return duns;
    }

    /// <summary>A for the same name, B for one like it, F for another one, Z where none was asked for.</summary>
    private static char GradeOf(string name, string? asked) => asked is null ? 'Z'
        : string.Equals(name, asked, StringComparison.OrdinalIgnoreCase) ? 'A'
        : name.Split(' ').Intersect(asked.Split(' '), StringComparer.OrdinalIgnoreCase).Any() ? 'B' : 'F';

    private IResult Report(HttpContext http, string duns)
    {
        if (!IsKnown(http))
            return Results.Unauthorized();
        if (!_names.TryGetValue(duns, out var name) || CaseOf(name) == BureauCase.Reportless)
            return Results.NotFound();
        var (failure, delinquency, paydex, most) = CaseOf(name) switch
        {
            BureauCase.Fair => (45, 480, 68, 60_000),
            BureauCase.Poor => (8, 210, 41, 5_000),
            BureauCase.Cloaked => (3, 450, 82, 80_000),
            BureauCase.Thin => (0, 0, 70, 0),
            BureauCase.Bankrupt => (0, 0, 0, 0),
            BureauCase.Garbled => (-1, 0, 0, 0),
            _ => (88, 590, 80, 250_000),
        };
        return failure < 0
            ? Results.Text("<html>Maintenance</html>", "text/html")
            : Results.Json(Organization(duns, name, failure, delinquency, paydex, most));
    }

    private object Organization(string duns, string name, int failure, int delinquency, int paydex, int most)
    {
        var isBankrupt = CaseOf(name) == BureauCase.Bankrupt;
        return new
        {
            organization = new
            {
                duns,
                primaryName = name,
                startDate = "1998-04-01",
                dunsControlStatus = new { operatingStatus = new { description = "Active" } },
                legalEvents = new
                {
                    hasOpenBankruptcy = isBankrupt,
                    hasBankruptcy = isBankrupt || CaseOf(name) == BureauCase.Discharged,
                },
                dnbAssessment = new
                {
                    failureScore = new { nationalPercentile = failure, rawScore = failure * 15 },
                    delinquencyScore = new { rawScore = delinquency },
                    creditLimitRecommendation = most == 0
                        ? null
                        : new { maximumRecommendedLimit = new { value = most, currency = "USD" } },
                },
                businessTrading = new[] { new { summary = new[] { new { paydexScore = paydex } } } },
            },
        };
    }

    private BureauCase CaseOf(string name) => _told.TryGetValue(name, out var told)
        ? told
        : Enum.GetValues<BureauCase>().FirstOrDefault(
            one => name.Contains($"{one}", StringComparison.OrdinalIgnoreCase), BureauCase.Good);
}
