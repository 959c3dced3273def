using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps which mail addresses nothing is sent to: Collections hears who does not want mail and where it does not
/// arrive. The last word counts by its version, so the messages may come twice and in any order.
/// </summary>
public sealed class AddressesConsumer(Inbox inbox) : IConsumer<ContactConsentStated>, IConsumer<MailAddressChanged>
{
    public const string Queue = "invoicing-addresses";

    private const string Consent =
        "insert into closed_addresses as a (fingerprint, customer_id, opted_out, consent_version) " +
        "select * from unnest($1, $2, $3, $4) on conflict (fingerprint) do update " +
        "set opted_out = excluded.opted_out, consent_version = excluded.consent_version " +
        "where a.consent_version < excluded.consent_version";

    private const string Mail =
        "insert into closed_addresses as a (fingerprint, customer_id, failed, mail_version) " +
        "select * from unnest($1, $2, $3, $4) on conflict (fingerprint) do update " +
        "set failed = excluded.failed, mail_version = excluded.mail_version " +
        "where a.mail_version < excluded.mail_version";

    /// <summary>What is said about calls is nothing to statements.</summary>
    public Task Consume(ConsumeContext<ContactConsentStated> context) => inbox.WriteAsync(
        context,
        new SqlRows<ContactConsentStated>()
            .Column(stated => ClosedAddresses.Fingerprint(stated.CustomerId, stated.Address))
            .Column(stated => stated.CustomerId)
            .Column(stated => !stated.Granted)
            .Column(_ => context.StreamVersion())
            .Command(Consent, context.Message.Channel == "email" ? [context.Message] : []));

    public Task Consume(ConsumeContext<MailAddressChanged> context) => inbox.WriteAsync(
        context,
        new SqlRows<MailAddressChanged>()
            .Column(changed => ClosedAddresses.Fingerprint(changed.CustomerId, changed.Address))
            .Column(changed => changed.CustomerId)
            .Column(changed => changed.Failed)
            .Column(_ => context.StreamVersion())
            .Command(Mail, [context.Message]));
}
