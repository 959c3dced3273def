using Microsoft.Extensions.Options;

namespace OrderToCash.CashApplication.Processors;

/// <summary>
/// Where the payment processor is, how long it may take, and when it is asked what became of a payment; section
/// <c>Processor</c>.
/// </summary>
public sealed class ProcessorOptions
{
    private static readonly TimeSpan[] Standard =
        [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    /// <summary>Address of its API; empty where nobody is asked.</summary>
    public string Address { get; set; } = "";

    /// <summary>The key that it knows us by.</summary>
    public string Key { get; set; } = "";

    /// <summary>Seconds one attempt may take.</summary>
    public int AttemptSeconds { get; set; } = 10;

    /// <summary>Seconds all attempts together may take.</summary>
    public int TotalSeconds { get; set; } = 30;

    /// <summary>How often a failed attempt is repeated.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>
    /// The pauses before the first question, the second, and so on; the last one is repeated until there is an answer.
    /// Five minutes, an hour and a day where none are given.
    /// </summary>
    public IList<TimeSpan> AskAfter { get; } = [];

    /// <summary>True when there is a processor to ask.</summary>
    public bool IsSet => Address.Length > 0;

    /// <summary>The pause before the next question.</summary>
    /// <param name="asked">How often it was asked before.</param>
    public TimeSpan PauseAfter(int asked)
    {
        var pauses = AskAfter.Count > 0 ? AskAfter : Standard;
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
        !options.IsSet ? ValidateOptionsResult.Success
        : !Uri.TryCreate(options.Address, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            ? ValidateOptionsResult.Fail($"Processor:Address '{options.Address}' is not an HTTP address.")
        : options.Key.Length == 0
            ? ValidateOptionsResult.Fail("Processor:Address is set; set Processor:Key, too.")
        : options is { AttemptSeconds: < 1 or > 300 } or { TotalSeconds: < 1 or > 600 } or { Retries: < 1 or > 10 }
            ? ValidateOptionsResult.Fail(
                "Processor: an attempt takes 1 to 300 s, all 1 to 600 s, with 1 to 10 retries.")
        : options.AskAfter.Any(pause => pause < Shortest || pause > Longest)
            ? ValidateOptionsResult.Fail("Processor:AskAfter: a pause is a second to 60 days.")
        : ValidateOptionsResult.Success;
}
