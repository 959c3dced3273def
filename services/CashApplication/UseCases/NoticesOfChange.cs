using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What a payer's bank says is wrong with an account that was debited.</summary>
/// <param name="Code">NACHA's change code, e.g. <c>C01</c>.</param>
/// <param name="Meaning">What is wrong, in words; empty of a code that is not known.</param>
/// <param name="Account">The last four characters of the account as it was debited; null where the line does not tell.
/// </param>
/// <param name="Correction">What is right; of an account number the last four characters. The file has all of it.
/// </param>
/// <param name="CustomerId">Who is known to pay from the account; null where nobody or several are.</param>
/// <param name="CorrectBy">Six banking days after it was told (NACHA), or before the next entry.</param>
/// <param name="Note">What a person has done about it; null while it is open.</param>
public sealed record NoticeOfChangeView(
    Guid ImportId, int Statement, int Entry, string BankAccount, string LegalEntity, DateOnly ToldOn, string Code,
    string Meaning, string? Account, string Correction, Guid? CustomerId, DateOnly CorrectBy, string? Note,
    string? ActedBy, DateTimeOffset? ActedAt);

/// <summary>What was done about a notice of change.</summary>
public sealed record ActOnNoticeRequest(string Note);

/// <summary>
/// <c>GET /v1/bank-statements/changes</c>: accounts that are to be corrected before they are debited again, and
/// <c>POST /v1/bank-statements/{id}/changes/{statement}/{entry}/act</c>: a person has done so.
/// </summary>
public static class NoticesOfChange
{
    private static readonly Refusal NotFound =
        new("not-found", "There is no notice of change on this line.", RefusalKind.NotFound);

    private static readonly Refusal NoteMissing =
        new("note-missing", "Say what was done, in 1 to 500 characters.", Field: "/note");

    private static readonly Refusal ActedOn = Refusal.State(
        "notice-acted-on", "Somebody has acted on this notice of change already.");

    private const string Notices = $"""
        select l.import_id::text || '/' || l.statement || '/' || l.entry as id, l.import_id, l.statement, l.entry,
            l.bank_account, b.legal_entity, l.booking_date, l.text, l.changed_account, d.note, d.acted_by, d.acted_at,
            (select min(k.customer_id::text)::uuid from (
                select customer_id from payer_memory m where m.legal_entity = b.legal_entity and m.trait = 'account'
                    and m.key = l.changed_account and not m.forgotten
                union
                select customer_id from profile_traits p where p.legal_entity = b.legal_entity
                    and p.trait = 'account' and p.key = l.changed_account) k having count(*) = 1) as customer_id
        from statement_lines l join bank_accounts b on b.code = l.bank_account
        left join acted_on_notices d using (import_id, statement, entry)
        where {NoticeOfChange.IsOne}
        """;

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "toldOn")
        .By("toldOn", "booking_date", row => row.BookingDate);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bank-statements/changes", List)
            .RequireScope(Scopes.CashRead).Produces<Page<NoticeOfChangeView>>().WithTags("Bank statements")
            .WithSummary("Notices of change: accounts to be corrected before they are debited again");
        routes.MapPost("/v1/bank-statements/{id:guid}/changes/{statement:int}/{entry:int}/act", Act)
            .RequireScope(Scopes.CashWrite).Produces<NoticeOfChangeView>().WithTags("Bank statements")
            .WithSummary("Says that a notice of change was acted on");
    }

    private static async Task<IResult> List(
        string? status, string? bankAccount, string? legalEntity, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not (null or "open" or "acted-on"))
            return Problems.Malformed("bad-status", "/status", "status is open or acted-on.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("bankAccount", bankAccount);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select * from ({Notices} and (@bankAccount::text is null or l.bank_account = @bankAccount) " +
            "and (@legalEntity::text is null or b.legal_entity = @legalEntity) " +
            "and (@entities::text[] is null or b.legal_entity = any(@entities)) " +
            "and (@status::text is null or (d.note is null) = (@status = 'open'))) n " +
            $"where {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        var shown = page.Page(rows.AsList());
        var banking = new Dictionary<string, WorkingDays>(StringComparer.Ordinal);
        foreach (var entity in shown.Items.Select(row => row.LegalEntity).Distinct())
            banking[entity] = await BankingDaysAsync(store, entity, http.RequestAborted);
        return Listing.Result(http, shown.Select(row => row.ToView(banking[row.LegalEntity])));
    }

    private static async Task<IResult> Act(
        Guid id, int statement, int entry, ActOnNoticeRequest request, HttpCommand command)
    {
        var row = await FindAsync(command, id, statement, entry);
        if (row is null || command.Caller.Deny(row.LegalEntity) is not null)
            return await command.RefuseAsync(NotFound);
        var view = row.ToView(await BankingDaysAsync(command.Store, row.LegalEntity, command.Cancellation));
        return await command.DecideAsync(
            StatementImport.Type, id,
            import => request.Note is not { Length: <= 500 } || string.IsNullOrWhiteSpace(request.Note)
                ? NoteMissing
                : import.ActedOn.Contains((statement, entry))
                    ? ActedOn
                    : Decision.Of(new NoticeOfChangeActedOn(statement, entry, request.Note)),
            _ => Reply.Ok(view with
            {
                Note = request.Note,
                ActedBy = command.Caller.Subject,
                ActedAt = command.Clock.GetUtcNow(),
            }),
            request.Note);
    }

    private static async Task<Row?> FindAsync(HttpCommand command, Guid id, int statement, int entry)
    {
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        return await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Notices} and l.import_id = @id and l.statement = @statement and l.entry = @entry",
            new { id, statement, entry }, cancellationToken: command.Cancellation));
    }

    private static async Task<WorkingDays> BankingDaysAsync(
        EventStore store, string legalEntity, CancellationToken cancellation)
    {
        var (policies, _) = await store.LoadAsync(CashPolicies.Type, CashPolicies.IdOf(legalEntity), cancellation);
        return policies.Policy?.BankingDays ?? WorkingDays.Weekdays;
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public Guid ImportId { get; init; }
        public int Statement { get; init; }
        public int Entry { get; init; }
        public string BankAccount { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public DateOnly BookingDate { get; init; }
        public string Text { get; init; } = "";
        public string? ChangedAccount { get; init; }
        public Guid? CustomerId { get; init; }
        public string? Note { get; init; }
        public string? ActedBy { get; init; }
        public DateTime? ActedAt { get; init; }

        public NoticeOfChangeView ToView(WorkingDays banking)
        {
            var (code, correction) = NoticeOfChange.Of(Text);
            return new NoticeOfChangeView(
                ImportId, Statement, Entry, BankAccount, LegalEntity, BookingDate, code,
                NoticeOfChange.MeaningOf(code), ChangedAccount is { } account ? ShownAccount.Masked(account) : null,
                NoticeOfChange.Shown(code, correction), CustomerId,
                NoticeOfChange.CorrectBy(BookingDate, banking), Note, ActedBy,
                ActedAt is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null);
        }
    }
}
