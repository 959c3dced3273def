using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;

namespace OrderToCash.CashApplication.Processors;

/// <summary>The payment processor of a legal entity.</summary>
public sealed class ProcessorAccount
{
    /// <summary>Address of its API; empty where nobody is asked.</summary>
    public string Address { get; set; } = "";

    /// <summary>The key that it knows the legal entity by.</summary>
    public string Key { get; set; } = "";

    /// <summary>True when there is a processor to ask.</summary>
    public bool IsSet => Address.Length > 0;
}

/// <summary>
/// Which payment processor each legal entity has, how long it may take, and when it is asked what became of a payment;
/// section <c>Processor</c>.
/// </summary>
public sealed class ProcessorOptions
{
    private static readonly TimeSpan[] Standard =
        [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    private static readonly TimeSpan[] StandardOfPending = [TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    /// <summary>
    /// By the code of the legal entity, for what a payment is called is only its own: nobody is asked about payments to
    /// others.
    /// </summary>
    public IDictionary<string, ProcessorAccount> LegalEntities { get; } =
        new Dictionary<string, ProcessorAccount>(StringComparer.Ordinal);

    /// <summary>Seconds one attempt may take.</summary>
    public int AttemptSeconds { get; set; } = 10;

    /// <summary>Seconds all attempts together may take.</summary>
    public int TotalSeconds { get; set; } = 30;

    /// <summary>How often a failed attempt is repeated.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>
    /// The pauses before the first question about a payment that nobody knows of, the second, and so on; the last one
    /// is repeated until there is an answer. Five minutes, an hour and a day where none are given.
    /// </summary>
    public IList<TimeSpan> AskAfter { get; } = [];

    /// <summary>
    /// The same of a payment that is known to be authorized or under way. An hour and a day where none are given.
    /// </summary>
    public IList<TimeSpan> AskPendingAfter { get; } = [];

    /// <summary>The pause before the next question.</summary>
    /// <param name="stage">How far the payment is; one of <see cref="PendingStages.OfProcessors"/>.</param>
    /// <param name="asked">How often it was asked before.</param>
    public TimeSpan PauseAfter(string stage, int asked)
    {
        var (given, standard) = stage == PendingStages.Unknown
            ? (AskAfter, Standard)
            : (AskPendingAfter, StandardOfPending);
        var pauses = given.Count > 0 ? given : standard;
        return pauses[Math.Min(asked, pauses.Count - 1)];
    }
}

/// <summary>Stops the start of a service whose processor cannot be what was meant.</summary>
public sealed class ProcessorOptionsValidator : IValidateOptions<ProcessorOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(60);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ProcessorOptions options) =>
        options.LegalEntities.Select(one => Wrong(one.Key, one.Value)).FirstOrDefault(words => words is not null)
            is { } wrong
            ? ValidateOptionsResult.Fail(wrong)
        : options is { AttemptSeconds: < 1 or > 300 } or { TotalSeconds: < 1 or > 600 } or { Retries: < 1 or > 10 }
            ? ValidateOptionsResult.Fail(
                "Processor: an attempt takes 1 to 300 s, all 1 to 600 s, with 1 to 10 retries.")
        : options.AskAfter.Concat(options.AskPendingAfter).Any(pause => pause < Shortest || pause > Longest)
            ? ValidateOptionsResult.Fail("Processor:AskAfter, AskPendingAfter: a pause is a second to 60 days.")
        : ValidateOptionsResult.Success;

    private static string? Wrong(string legalEntity, ProcessorAccount account) => account switch
    {
        { IsSet: false } => null,
        _ when !Uri.TryCreate(account.Address, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https") =>
            $"Processor:LegalEntities:{legalEntity}:Address '{account.Address}' is not an HTTP address.",
        { Key.Length: 0 } =>
            $"Processor:LegalEntities:{legalEntity}:Address is set; set its Key, too.",
        _ => null,
    };
}
