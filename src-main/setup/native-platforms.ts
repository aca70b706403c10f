// The TensorFlow wheels whose C library tfjs-node's addon is built against, one row a platform, each pinned by its hash.

export const TENSORFLOW_VERSION = '2.21.0';

export interface NativePlatform {
  readonly project: 'tensorflow' | 'tensorflow-cpu';
  readonly wheelTag: string;
  readonly sha256: string;
  /** The shared libraries inside the wheel's `tensorflow/` folder. */
  readonly libraries: readonly [string, string];
  readonly compiler: string;
  readonly linkFlags: readonly string[];
  /** What to install where pip or the compiler is missing. */
  readonly remedy: { readonly pip: string; readonly compiler: string };
}

const linuxRemedy = { pip: 'Install pip: apt-get install python3-pip.', compiler: 'Install a C++ compiler: apt-get install g++.' };
const linux = {
  libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  compiler: 'g++',
  linkFlags: ['-Wl,-rpath,$ORIGIN'],
  remedy: linuxRemedy,
} as const;

const platforms: Readonly<Record<string, NativePlatform>> = {
  'linux-x64': {
    ...linux,
    project: 'tensorflow-cpu',
    wheelTag: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
  'linux-arm64': {
    ...linux,
    project: 'tensorflow',
    wheelTag: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
  'darwin-arm64': {
    project: 'tensorflow',
    wheelTag: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
    compiler: 'clang++',
    linkFlags: ['-Wl,-rpath,@loader_path', '-undefined', 'dynamic_lookup'],
    remedy: { pip: 'Install Python 3 with pip: xcode-select --install.', compiler: 'Install the compiler: xcode-select --install.' },
  },
};

/** Undefined where TensorFlow's wheels hold nothing to build against; there tfjs-node's own install is the way. */
export function nativePlatform(key = `${process.platform}-${process.arch}`): NativePlatform | undefined {
  return platforms[key];
}
