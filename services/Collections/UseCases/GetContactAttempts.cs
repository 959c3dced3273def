using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A contact that took place, or did not because of a rule.</summary>
/// <param name="Outcome"><c>attempted</c>, <c>suppressed</c>, or <c>rule-broken</c> for one that became known
/// afterwards.</param>
/// <param name="Rule">Which rule; null for <c>attempted</c>.</param>
/// <param name="Until">When it may be tried again; null where that depends on a person.</param>
public sealed record ContactAttemptRow(
    Guid Id, string LegalEntity, Guid CustomerId, string Channel, string? Address, string? ContactName, string Outcome,
    string? Rule, string? Detail, DateTimeOffset? Until, bool Conversation, Guid? NoticeId, Guid? ActivityId,
    DateTimeOffset At, string By);

/// <summary>Shows contacts by runs, people and other systems, and those that a rule kept from taking place.</summary>
public static class GetContactAttempts
{
    private const string Select =
        "select a.id, a.legal_entity, a.customer_id, a.channel, a.address, a.contact_name, a.outcome, a.rule, " +
        "a.detail, a.until, a.conversation, a.notice_id, a.activity_id, a.at, a.by from contact_attempts a ";

    private static readonly SortOrder<ContactAttemptRow> Order = new SortOrder<ContactAttemptRow>(
            "a.id", row => row.Id, standard: "-at")
        .By("at", "a.at", row => row.At);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/collections/contact-attempts", Handle)
        .RequireScope(Scopes.CollectionsRead)
        .Produces<Page<ContactAttemptRow>>()
        .WithSummary("Contacts, and those that a rule kept from taking place");

    private static Task<IResult> Handle(
        Guid? customerId, string? legalEntity, string? outcome, ListQuery query, NpgsqlDataSource database,
        HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where (@entities::text[] is null or a.legal_entity = any(@entities)) " +
            "and (@customer is null or a.customer_id = @customer) and (@outcome is null or a.outcome = @outcome)",
            command =>
            {
                command.AddOptional("customer", customerId);
                command.AddOptional("outcome", outcome);
            },
            Row);

    private static ContactAttemptRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.Text(4), row.Text(5), row.GetString(6),
        row.Text(7), row.Text(8), row.Optional<DateTimeOffset>(9), row.GetBoolean(10), row.Optional<Guid>(11),
        row.Optional<Guid>(12), row.GetFieldValue<DateTimeOffset>(13), row.GetString(14));
}
