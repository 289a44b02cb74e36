#!/bin/sh
# Gathers the synthesisers from Debian's packages into one folder that works on any x86-64 Linux with glibc 2.36 or newer,
# without installing anything:   prepare_voices.sh [FOLDER]     (default: carried/ beside this script, which git ignores)
# Needs apt-get, dpkg-deb and gcc. Use it with AUTOGLM_VOICES=FOLDER, or leave it where it is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/carried}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 "$work"
apt-get download -q libespeak-ng1 espeak-ng-data libsonic0 libflite1 libasound2 festival libestools2.5 festlex-cmu festlex-poslex \
  festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts libtinfo6 libgomp1 > download.log 2>&1 || { cat download.log >&2; exit 1; }
mkdir root
for package in *.deb; do dpkg-deb -x "$package" root; done
lib=root/usr/lib/x86_64-linux-gnu
rm -rf "$out"
mkdir -p "$out/lib" "$out/bin" "$out/licences"

for name in libespeak-ng.so.1 libsonic.so.0 libflite.so.1 libflite_usenglish.so.1 libflite_cmulex.so.1 libflite_cmu_us_kal.so.1 \
  libflite_cmu_us_kal16.so.1 libflite_cmu_us_awb.so.1 libflite_cmu_us_rms.so.1 libflite_cmu_us_slt.so.1 libasound.so.2 \
  libestools.so.2.5 libestbase.so.2.5 libeststring.so.2.5 libgomp.so.1; do
  cp -L "$lib/$name" "$out/lib/$name"
done
cp -L "$(find root -name 'libtinfo.so.6' | head -1)" "$out/lib/libtinfo.so.6"

# libpcaudio would bring PulseAudio and its dependencies along, only to play sound. This stands in for it: no function is ever called.
cat > pcaudio.c <<'C'
void *create_audio_device_object(const char *d, const char *a, const char *s) { (void)d; (void)a; (void)s; return 0; }
int audio_object_open(void *o, int f, unsigned r, unsigned char c) { (void)o; (void)f; (void)r; (void)c; return -1; }
void audio_object_close(void *o) { (void)o; }
void audio_object_destroy(void *o) { (void)o; }
int audio_object_write(void *o, const void *d, unsigned long n) { (void)o; (void)d; (void)n; return -1; }
int audio_object_drain(void *o) { (void)o; return 0; }
int audio_object_flush(void *o) { (void)o; return 0; }
const char *audio_object_strerror(void *o, int e) { (void)o; (void)e; return "no sound"; }
C
gcc -shared -fPIC -O1 -Wl,-soname,libpcaudio.so.0 -o "$out/lib/libpcaudio.so.0" pcaudio.c

# English and Chinese of espeak-ng
data=$lib/espeak-ng-data
mkdir -p "$out/espeak-ng-data/voices" "$out/espeak-ng-data/lang"
cp "$data"/phon* "$data"/intonations "$data"/en_dict "$data"/cmn_dict "$out/espeak-ng-data/"
rm -f "$out/espeak-ng-data/phondata-manifest"
mkdir -p "$out/espeak-ng-data/lang/gmw" "$out/espeak-ng-data/lang/sit"
cp "$data"/lang/gmw/en* "$out/espeak-ng-data/lang/gmw/"
cp "$data"/lang/sit/cmn* "$out/espeak-ng-data/lang/sit/"
cp -r "$data/voices/!v" "$out/espeak-ng-data/voices/"

cp root/usr/bin/festival "$out/bin/festival"
cp -r root/usr/share/festival "$out/festival"
find "$out/festival" -name '*.el' -delete
for package in libespeak-ng1 libsonic0 libflite1 festival festlex-cmu festlex-poslex festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts libestools2.5; do
  cp "root/usr/share/doc/$package/copyright" "$out/licences/$package" 2> /dev/null || true
done
strip --strip-unneeded "$out"/lib/*.so* "$out/bin/festival" 2> /dev/null || true
chmod -R u+w "$out"
du -sh "$out"
tar cJf "$here/voices.tar.xz" -C "$out" . # to carry: less than half as large
for file in "$out"/lib/*.so* "$out/bin/festival"; do
  if env -i LD_LIBRARY_PATH="$out/lib" ldd "$file" | grep "not found"; then echo "$file lacks a library" >&2; exit 1; fi
done
