using Microsoft.Extensions.Options;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A dunning run, or the preview of one.</summary>
/// <param name="Id">The run; null for a preview, which leaves nothing behind.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Playbook">Code of the playbook.</param>
/// <param name="PlaybookVersion">Version of the playbook.</param>
/// <param name="Notices">One per customer with something due, those that are blocked included.</param>
public sealed record DunningRunView(
    Guid? Id, string LegalEntity, DateOnly Date, string Playbook, long PlaybookVersion,
    IReadOnlyList<RunNoticeView> Notices);

/// <summary>What a run decided about one customer.</summary>
/// <param name="NoticeId">The notice; null in a preview and where it is blocked.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Step">Code of the playbook step.</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="Items">What it asks for, oldest first.</param>
/// <param name="Amount">Sum in the currency of the account, or in the first one there is.</param>
/// <param name="Totals">Sums in every currency.</param>
/// <param name="BlockedBy">Why it is not sent, or null.</param>
/// <param name="Status">Where the notice is by now; null where there is none.</param>
public sealed record RunNoticeView(
    Guid? NoticeId, Guid CustomerId, string Step, NoticeChannel Channel, IReadOnlyList<NoticeItem> Items, Money Amount,
    IReadOnlyList<Money> Totals, string? BlockedBy, NoticeStatus? Status)
{
    internal static RunNoticeView Of(RunNotice notice, NoticeStatus? status) => new(
        notice.NoticeId, notice.CustomerId, notice.Step, notice.Channel, notice.Items, notice.Totals[0], notice.Totals,
        notice.BlockedBy, status);
}

/// <summary>
/// Decides who gets a notice on a day. A real run writes the notices, word for word, in one transaction with the run
/// itself; the sender takes them from there.
/// </summary>
public static class StartDunningRun
{
    /// <summary>Today of the legal entity and the standard playbook go without saying.</summary>
    public sealed record Request(
        string LegalEntity, DateOnly? Date = null, bool Preview = false, string? Playbook = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/dunning-runs", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<DunningRunView>(StatusCodes.Status201Created)
        .Produces<DunningRunView>()
        .WithSummary("Run dunning for a day, or preview it");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, LegalEntities entities, Letterheads letterheads, DunningFactsReader facts,
        NoticeWriter writer, IOptions<SmtpOptions> smtp)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await entities.FindAsync(request.LegalEntity, command.Cancellation) is not { } entity)
            return await command.RefuseAsync(DunningRefusals.UnknownLegalEntity(request.LegalEntity));
        var code = request.Playbook ?? PlaybookStream.Standard;
        var playbook = await command.Store.LoadAsync(PlaybookStream.Type, PlaybookStream.Id(code),
            command.Cancellation);
        if (playbook.State.Definition is not { } steps)
            return await command.RefuseAsync(PlaybookRefusals.Unknown(code));
        var today = command.Clock.Today(entity.TimeZone);
        var date = request.Date ?? today;
        if (date < today.AddYears(-1) || date > today.AddYears(1))
            return Problems.Malformed("bad-date", "/date", "A run is for a day within a year of today.");
        if (date > today && !request.Preview)
            return await command.RefuseAsync(DunningRefusals.DateInFuture(date, today));

        var sender = await letterheads.SenderAsync(entity, command.Cancellation);
        var run = new Run(entity, sender, date, today, steps, playbook.Version, facts, writer, smtp.Value.Domain);
        return request.Preview
            ? Results.Json(await run.PreviewAsync(command.Cancellation), Json.Wire)
            : await command.CommitAsync(cancellation => run.WriteAsync(command, cancellation));
    }

    private sealed record Run(
        LegalEntity Entity, LetterSender Sender, DateOnly Date, DateOnly Today, PlaybookDefined Playbook,
        long PlaybookVersion, DunningFactsReader Facts, NoticeWriter Writer, string MessageDomain)
    {
        public async Task<IReadOnlyList<PlannedNotice>> PlanAsync(CancellationToken cancellation)
        {
            var dueUpTo = Date.AddDays(-Math.Min(0, Playbook.Steps[0].OffsetDays));
            var customers = await Facts.ReadAsync(Entity, Date, Today, dueUpTo, cancellation);
            return DunningPlanner.Plan(Date, Playbook, customers);
        }

        public async Task<DunningRunView> PreviewAsync(CancellationToken cancellation) =>
            View(null, [.. (await PlanAsync(cancellation)).Select(plan => Decided(plan, null))]);

        /// <summary>
        /// The stream of runs is loaded first: whoever decides on older facts loses at the commit and decides again.
        /// </summary>
        public async Task<Plan> WriteAsync(HttpCommand command, CancellationToken cancellation)
        {
            var stream = DunningRunsStream.Id(Entity.Code);
            var runs = await command.Store.LoadAsync(DunningRunsStream.Type, stream, cancellation);
            var planned = await PlanAsync(cancellation);
            var batch = new WriteBatch(command.Metadata());
            var runId = Ids.Next(command.Clock);
            var notices = planned.Select(plan => Decided(plan, NoticeId(plan))).ToList();
            foreach (var (plan, notice) in planned.Zip(notices).Where(pair => pair.Second.NoticeId is not null))
            {
                batch.Append(
                    NoticeStream.Type, notice.NoticeId!.Value,
                    plan.Step.IsWork ? plan.Customer.WorkVersion : plan.Customer.NoticeVersion,
                    [Prepared(runId, plan, notice)]);
            }

            batch.Append(DunningRunsStream.Type, stream, runs.Version,
                [new DunningRunDone(runId, Entity.Code, Date, Playbook.Code, PlaybookVersion, notices)]);
            return Plan.Write(batch, Reply.Created($"/v1/collections/dunning-runs/{runId}", View(runId, notices)));
        }

        private static RunNotice Decided(PlannedNotice plan, Guid? noticeId) => new(
            noticeId, plan.Customer.CustomerId, plan.Step.Code, plan.Channel, plan.Items, plan.Totals,
            plan.BlockedBy);

        private DunningRunView View(Guid? runId, IReadOnlyList<RunNotice> notices) => new(
            runId, Entity.Code, Date, Playbook.Code, PlaybookVersion,
            [.. notices.Select(n => RunNoticeView.Of(n, n.NoticeId is null ? null : NoticeStatus.Prepared))]);

        private Guid? NoticeId(PlannedNotice plan) => plan switch
        {
            { BlockedBy: not null } => null,
            { Step.IsWork: true } => NoticeStream.WorkId(Entity.Code, plan.Customer.CustomerId, Date),
            _ => NoticeStream.Id(Entity.Code, plan.Customer.CustomerId, Date),
        };

        private NoticePrepared Prepared(Guid runId, PlannedNotice plan, RunNotice notice)
        {
            var (id, isLetter) = (notice.NoticeId!.Value, plan.Channel == NoticeChannel.Letter);
            var work = plan.Step.IsWork ? Writer.WriteWork(plan, Entity.Name, Date) : null;
            var mail = isLetter || plan.Step.IsWork ? null : Writer.Write(plan, id, Entity.Name, MessageDomain, Date);
            var letter = isLetter || plan.Step.AttachLetter ? Writer.WriteLetter(plan, id, Sender, Date) : null;
            return new NoticePrepared(
                new NoticeContent(runId, Entity.Code, plan.Customer.CustomerId, Date, plan.Step.Code, plan.Channel,
                    mail?.To ?? (letter is null ? plan.Customer.Name : string.Join(", ", letter.To)), plan.Items,
                    plan.Totals, plan.Level),
                mail, letter, work);
        }
    }
}
