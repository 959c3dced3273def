using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Sends what <see cref="DecisionMails"/> has queued, in one instance at a time. What may pass by itself is put off
/// (<see cref="MailRetries"/>); one mail that stays keeps no other waiting. One that goes out while that is not kept,
/// as after a crash, goes out again, with the same Message-ID where instances name the same mail domain. An instance
/// without a mail server leaves mails to those that have one, and gives up what none of them has taken in twice the
/// time of all tries.
/// </summary>
public sealed class DecisionMailer(
    EventStore store, IOptions<SmtpOptions> smtp, TimeProvider clock,
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, ILogger<DecisionMailer> log,
    Mailer? mailer = null)
    : RecurringWork("Mails of credit decisions", TimeSpan.FromSeconds(5), clock, log)
{
    private const int AtOnce = 100;

    private const string Waiting = "sent_at is null and given_up_at is null";

    private static readonly string Due =
        "select mail_id as Id, application_id as ApplicationId, decision as Decision, address as Address, " +
        "from_name as FromName, subject as Subject, content as Content, language as Language, tries as Tries " +
        $"from credit_decision_mails where {Waiting} and next_try_at <= @now order by next_try_at limit {AtOnce}";

    private const string Told =
        "update credit_decision_mails set tries = tries + 1, failure = @failure, sent_at = @sentAt, " +
        $"given_up_at = @givenUpAt, next_try_at = @nextTryAt where mail_id = @id and {Waiting}";

    private const string GiveUp =
        "update credit_decision_mails set given_up_at = @now, " +
        "failure = coalesce(failure, 'No mail server is named (Smtp:Host).') " +
        $"where {Waiting} and queued_at <= @before";

    private static readonly HtmlTemplate<LetterModel> Html = new(typeof(DecisionMailer).Assembly, "decision.html.hbs");

    private static readonly long LockKey = Ids.LockKey("credit:decision-mails");

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) => SendDueAsync(cancellation);

    /// <summary>Sends what is due by now.</summary>
    public async Task SendDueAsync(CancellationToken cancellation = default)
    {
        if (mailer is null)
        {
            var now = Clock.GetUtcNow();
            await WriteAsync(GiveUp, new { now, before = now - (2 * MailRetries.Patience) }, cancellation);
            return;
        }

        if ((await DueAsync(cancellation)).Count == 0)
            return;
        await using var turn = await Turn.TryAsync(sessions, LockKey, cancellation);
        if (turn is null)
            return;
        foreach (var mail in await DueAsync(cancellation))
            await TryAsync($"Mail of decision {mail.Id}", () => SendAsync(mailer, mail, cancellation), cancellation);
    }

    private async Task SendAsync(Mailer server, Row mail, CancellationToken cancellation)
    {
        var failure = await server.SendAsync(Letter(mail), cancellation);
        var now = Clock.GetUtcNow();
        var again = failure is null ? null : MailRetries.Next(failure, mail.Tries, now);
        var told = new
        {
            id = mail.Id,
            failure = failure?.Reason,
            sentAt = failure is null ? now : (DateTimeOffset?)null,
            givenUpAt = failure is not null && again is null ? now : (DateTimeOffset?)null,
            nextTryAt = again ?? now,
        };

        // The mail may be out: that is kept even when this instance is asked to stop meanwhile.
        await WriteAsync(Told, told, CancellationToken.None);
    }

    private OutgoingMail Letter(Row mail) => new(
        $"<credit-{mail.ApplicationId:N}-{mail.Decision}@{smtp.Value.Domain}>", mail.Address, "Sales", mail.FromName,
        mail.Language, mail.Subject, mail.Content,
        Html.Fill(new LetterModel(mail.Language, mail.Content.Split('\n'))));

    private async Task<List<Row>> DueAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Row>(new CommandDefinition(
            Due, new { now = Clock.GetUtcNow() }, cancellationToken: cancellation))).AsList();
    }

    private async Task WriteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed record LetterModel(string Language, IReadOnlyList<string> Lines);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid ApplicationId { get; init; }
        public long Decision { get; init; }
        public string Address { get; init; } = "";
        public string FromName { get; init; } = "";
        public string Subject { get; init; } = "";
        public string Content { get; init; } = "";
        public string Language { get; init; } = "";
        public int Tries { get; init; }
    }
}
