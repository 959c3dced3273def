using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Makes the forecast of each legal entity once a day, in its own calendar. Any number of instances may try: the first
/// is kept.
/// </summary>
public sealed partial class ForecastKeeper(
    EventSourcing.EventStore store, LegalEntities entities, ForecastReader reader, TimeProvider clock,
    ILogger<ForecastKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var entity in await entities.AllAsync(stoppingToken))
                    await TryAsync(entity.Code, clock.Today(entity.TimeZone), stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(log, "all legal entities", error);
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One whose forecast cannot be made keeps none of the others waiting.</summary>
    private async Task TryAsync(string legalEntity, DateOnly today, CancellationToken cancellation)
    {
        try
        {
            await KeepAsync(legalEntity, today, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(log, legalEntity, error);
        }
    }

    private async Task KeepAsync(string legalEntity, DateOnly today, CancellationToken cancellation)
    {
        var id = ForecastStream.Id(legalEntity, today);
        if ((await store.LoadAsync(ForecastStream.Type, id, cancellation)).State.Made is not null)
            return;
        var made = await reader.MakeAsync(legalEntity, today, cancellation);
        await store.DecideAsync(
            ForecastStream.Type, id, IReviewStep.Itself, forecast => ForecastDecider.Make(forecast, made),
            cancellation: cancellation);
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "collections.forecast.failed",
        Message = "Today's forecast of {LegalEntity} could not be made; it is tried again in ten minutes")]
    private static partial void LogFailed(ILogger log, string legalEntity, Exception error);
}
