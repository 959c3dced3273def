using System.CommandLine;
using System.Diagnostics;
using OrderToCash.Local.Processes;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Commands;

/// <summary>No verb: the whole system on this machine until Ctrl-C, with a demo day when it is empty.</summary>
internal static class RunCommand
{
    private static readonly Option<bool> Empty = new("--empty")
    {
        Description = "Leaves empty stores empty: no demo day.",
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Empty);
        root.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(Empty), cancellation));
    }

    /// <summary>Starts servers and system on the usual ports and hands them on.</summary>
    public static async Task<T> WithSystemAsync<T>(
        Func<OrderToCashSystem, Task<T>> use, CancellationToken cancellation)
    {
        var folder = Repository.LocalFolder();
        // Before anything is started: a port in use is better said at once.
        var ports = ServiceProgram.All.ToDictionary(program => program, Port);
        await using var servers = await Infrastructure.StartAsync(folder, Console.WriteLine, cancellation);
        await using var system = await OrderToCashSystem.StartAsync(
            new SystemOptions
            {
                Folder = folder,
                Postgres = servers.Postgres.ConnectionString,
                Rabbit = servers.Rabbit.Amqp,
                Port = program => ports[program],
                Say = Console.WriteLine,
            },
            cancellation);
        return await use(system);
    }

    private static Task<int> RunAsync(bool empty, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        return WithSystemAsync(
            async system =>
            {
                Console.WriteLine($"All services are ready after {clock.Elapsed.TotalSeconds:0.0} s.");
                if (!empty)
                    await DemoCommand.PlayWhenEmptyAsync(system);
                Print(system);
                await InfrastructureCommand.WaitForeverAsync(cancellation);
                Console.WriteLine("Stopping.");
                return 0;
            },
            cancellation);
    }

    private static int Port(ServiceProgram program) => Ports.Choose(
        Ports.FromEnvironment(program.PortVariable, program.UsualPort), program.PortVariable, program.Name);

    private static void Print(OrderToCashSystem system)
    {
        Console.WriteLine();
        foreach (var instance in system.Instances)
            Console.WriteLine($"  {instance.Program.Name,-17} {instance.Address}");
        Console.WriteLine($"""
              mails             {system.Mail.Folder}
              logs              {Path.Combine(Repository.LocalFolder(), "logs")}

              API reference     {system.Gateway}reference/
              token             dotnet run --project deploy/Local -- token --role controller

            A token for the next twelve hours (role controller):

            {system.Key.TokenOf("controller")}

            Ctrl-C stops everything.
            """);
    }
}
