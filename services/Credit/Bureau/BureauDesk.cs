using OrderToCash.Credit.Applications;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Bureau;

/// <summary>
/// Gets what a bureau says of a customer: the answer that is there while it is fresh, else a new one, which is kept
/// with its raw text. A bureau that is away is an outcome and no error: the case is then referred to a person.
/// </summary>
public sealed partial class BureauDesk(
    BureauClient client, EventStore store, TimeProvider clock, ILogger<BureauDesk> log)
{
    /// <summary>True when there is a bureau to ask.</summary>
    public bool IsSet => client.IsSet;

    /// <summary>
    /// Consults the bureau about a company. Where it is asked anew and does not answer, the file's answer counts if it
    /// is fresh: to have asked leaves nobody with less than was known.
    /// </summary>
    /// <param name="company">Who.</param>
    /// <param name="today">The day in the calendar of its legal entity.</param>
    /// <param name="freshDays">An answer that is not older, and about that name, country and numbers, is fresh.</param>
    /// <param name="asksAnew">The bureau is asked, however fresh its last answer is.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<Consultation> ConsultAsync(
        Company company, DateOnly today, int freshDays, bool asksAnew, CancellationToken cancellation)
    {
        var stream = BureauStream.Id(company.CustomerId);
        var (file, _) = await store.LoadAsync(BureauStream.Type, stream, cancellation);
        var known = file.Last is { } last && last.IsAbout(company) && last.On.AddDays(freshDays) >= today ? last : null;
        if (known is not null && !asksAnew)
            return Consultation.Of(known, "from the file");
        if (!client.IsSet)
            return OrKnown(ConsultationStatus.NotConfigured, "No bureau is configured.");
        if (await AskAsync(company, today, cancellation) is not { Received: { } received })
            return OrKnown(ConsultationStatus.Unavailable, "The bureau did not answer in time or in order.");
        await store.DecideAsync(
            BureauStream.Type, stream, new EventMetadata(CreditService.Name), _ => Decision.Of(received),
            cancellation: cancellation);
        return Consultation.Of(received, "asked");

        Consultation OrKnown(ConsultationStatus status, string why)
        {
            var none = new Consultation(status, null, null, null, why);
            if (known is null)
                return none;
            var kept = Consultation.Of(known, "from the file");
            return kept with { Detail = $"{why} {kept.Detail}" };
        }
    }

    /// <summary>Asks the bureau whatever is in the file; what it answers is the caller's to keep.</summary>
    /// <param name="company">Who.</param>
    /// <param name="today">The day in the calendar of its legal entity.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The answer, or null; then whether the bureau answers nobody, or only not about this company.</returns>
    public async Task<(BureauReportReceived? Received, bool IsAway)> AskAsync(
        Company company, DateOnly today, CancellationToken cancellation)
    {
        try
        {
            var answer = await client.AskAsync(company, cancellation);
            return (
                new BureauReportReceived(
                    Ids.Next(clock), company.CustomerId, company.LegalEntity, today, answer.Report, answer.Raw,
                    company.Name, company.Country, company.RegistrationNumber, company.TaxId, answer.MatchedBy),
                false);
        }
        catch (BureauUnavailableException error)
        {
            LogUnavailable(log, company.CustomerId, error);
            return (null, error.IsAway);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "credit.bureau.unavailable",
        Message = "The bureau gave no answer about customer {CustomerId}")]
    private static partial void LogUnavailable(ILogger log, Guid customerId, Exception error);
}
