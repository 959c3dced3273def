using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>POST /v1/credit/daily-runs</c>: what the passing of a day does, now; it happens by itself each day, and doing it
/// again does no harm. While the day of the legal entity is being run it waits for its turn. One that takes long goes
/// on without its caller: 202, and <c>GET /v1/credit/daily-runs/{legalEntity}</c> shows how far it is.
/// </summary>
public static partial class RunDay
{
    /// <summary>A caller waits so long for the end of the day.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whose day.</summary>
    /// <param name="LegalEntity">Its code.</param>
    public sealed record Request(string LegalEntity);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credit/daily-runs", Handle)
            .RequireScope(Scopes.CreditWrite)
            .Produces<DailyRunResult>()
            .Produces<DailyRunProgress>(StatusCodes.Status202Accepted)
            .WithSummary("Run the day of a legal entity");
        routes.MapGet("/v1/credit/daily-runs/{legalEntity}", Read)
            .RequireScope(Scopes.CreditRead)
            .Produces<DailyRunProgress>()
            .WithSummary("What of today is done in a legal entity");
    }

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, DecisionBooks books, DailyRun run, IHostApplicationLifetime process,
        ILogger<DailyRun> log)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return Problems.From(denied);
        return await books.KnowsAsync(request.LegalEntity, command.Cancellation)
            ? await command.RepeatableAsync(RunAsync)
            : Problems.From(Refusal.NotFound("legal entity", request.LegalEntity));

        async Task<IResult> RunAsync(CancellationToken cancellation)
        {
            var day = run.RunAsync(request.LegalEntity, command.Clock.GetUtcNow(), process.ApplicationStopping);
            if (await Task.WhenAny(day, Task.Delay(Patience, command.Clock, cancellation)) == day)
                return Reply.Ok(await day);
            _ = FollowAsync(request.LegalEntity, day, log, process.ApplicationStopping);
            return Reply.Accepted(
                $"/v1/credit/daily-runs/{Uri.EscapeDataString(request.LegalEntity)}",
                await run.ProgressAsync(request.LegalEntity, cancellation));
        }
    }

    private static async Task<IResult> Read(
        string legalEntity, Caller caller, DecisionBooks books, DailyRun run, CancellationToken cancellation)
    {
        if (caller.Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        return await books.KnowsAsync(legalEntity, cancellation)
            ? TypedResults.Ok(await run.ProgressAsync(legalEntity, cancellation))
            : Problems.From(Refusal.NotFound("legal entity", legalEntity));
    }

    /// <summary>Nobody waits for it any more; what fails is told to whoever runs the system.</summary>
    private static async Task FollowAsync(string legalEntity, Task day, ILogger log, CancellationToken stopping)
    {
        try
        {
            await day;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process stops; what is left of the day is done by itself after the next start.
        }
        catch (Exception error)
        {
            LogFailed(log, legalEntity, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "credit.day.failed",
        Message = "The day of {LegalEntity} that was asked for is not done")]
    private static partial void LogFailed(ILogger log, string legalEntity, Exception error);
}
