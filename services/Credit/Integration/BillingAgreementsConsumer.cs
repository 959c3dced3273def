using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Ends the alert about a way of billing that was agreed, once Invoicing has it as a billing schedule; unless somebody
/// has looked at it before.
/// </summary>
public sealed class BillingAgreementsConsumer(Inbox inbox, EventStore store) : IConsumer<BillingAgreementSetUp>
{
    /// <summary>An alert bears the id of the event that it is about.</summary>
    private const string Alert =
        "select x.alert_id from mt_events e join credit_alerts x on x.alert_id = e.id " +
        "where e.stream_id = $1 and e.type = 'terms_agreed' and e.data->>'SourceId' = $2 " +
        "and x.acknowledged_at is null";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<BillingAgreementSetUp> context) => inbox.CommitAsync(
        context, batch => EndAsync(batch, context.Message.AgreementId, context.CancellationToken));

    private async Task EndAsync(WriteBatch batch, Guid agreementId, CancellationToken cancellation)
    {
        var (request, _) = await store.LoadAsync(TermsStream.Type, agreementId, cancellation);
        if (request.Requested is not { } asked)
            throw new MessageRefusedException($"There is no request for terms {agreementId}.");
        var (_, version) = await store.LoadAsync(CreditAccountStream.Type, asked.CustomerId, cancellation);
        if (await AlertAsync(asked.CustomerId, agreementId, cancellation) is { } alert)
            batch.Append(CreditAccountStream.Type, asked.CustomerId, version, [new AlertAcknowledged(alert)]);
    }

    private async Task<Guid?> AlertAsync(Guid customerId, Guid agreementId, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Alert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agreementId.ToString("D") });
        return (Guid?)await command.ExecuteScalarAsync(cancellation);
    }
}
