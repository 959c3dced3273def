using System.Text;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Rendering;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What a statement is asked for.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day, not after today in the entity's calendar.</param>
/// <param name="KnownAt">Only what was recorded up to this moment.</param>
/// <param name="OutstandingOnly">Leave the entries out; without it as the customer prefers.</param>
/// <param name="Group">Of its whole group: of the customer and of all of the legal entity that are below it, each with
/// its items and together; without it as the customer prefers.</param>
public sealed record StatementQuery(
    DateOnly From, DateOnly To, DateTimeOffset? KnownAt, bool? OutstandingOnly, bool? Group);

/// <summary>Reads one customer's statement for a request.</summary>
public sealed class StatementAccess(
    EventStore store, StatementReader reader, ReportMoments moments, TimeProvider clock)
{
    /// <summary>The statement, or why there is none; of a duplicate that of the customer it was merged into.</summary>
    public async Task<(StatementContent? Content, CustomerSnapshot? Customer, Refusal? Refusal)> ReadAsync(
        Guid customerId, StatementQuery query, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(caller);
        var now = clock.GetUtcNow();
        var knownAt = await moments.TellAsync(query.KnownAt, cancellation);
        var customer = (await reader.KnownAsync(CustomerStream.Type, customerId, knownAt, cancellation)).Now;
        if (customer is null)
            return (null, null, CustomerRefusals.NotFound(customerId));
        if (caller.Deny(customer.LegalEntity) is { } denied)
            return (null, null, denied);
        var entity = await store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(customer.LegalEntity), cancellation);
        if (StatementDecider.Check(query.From, query.To, now.DateIn(entity.State.Definition!.TimeZone)) is { } refusal)
            return (null, null, refusal);
        if (customer.MergedInto is { } survivor)
        {
            customerId = survivor;
            customer = (await reader.KnownAsync(CustomerStream.Type, survivor, knownAt, cancellation)).Now!;
        }

        var outstandingOnly = query.OutstandingOnly ?? customer.Statements?.OutstandingOnly ?? false;
        var subject = new StatementSubject(
            customerId, customer, outstandingOnly, query.Group ?? customer.Statements?.Group ?? false);
        try
        {
            var content = await reader.ReadAsync([subject], query.From, query.To, knownAt, cancellation);
            return (content[0], customer, null);
        }
        catch (GroupTooLargeException large)
        {
            return (null, null, new Refusal("group-too-large", large.Message, Field: "/group"));
        }
    }

    /// <summary>The statement as a page.</summary>
    public async Task<string> PageAsync(
        StatementContent content, CustomerSnapshot customer, StatementWriter writer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(writer);
        var (letterhead, country) = await reader.LetterheadAsync(
            content.LegalEntity, content.KnownAt, cancellation);
        return writer.Page(content, letterhead, country, customer.BillTo);
    }
}
